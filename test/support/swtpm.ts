import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** A TPM 2.0 in software (swtpm, with libtpms): not ours, and it speaks the real commands. */
export interface SoftwareTpm {
  readonly tcti: string;
  stop(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket.destroy() !== null));
    socket.once('error', () => resolve(false));
  });

/** Starts one with a seed of its own. Errors: when it ended before it listened. */
export async function startSoftwareTpm(): Promise<SoftwareTpm> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-swtpm-'));
  // tpm2-tools expect the control channel on the port after the command channel.
  for (let attempt = 0; attempt < 20; attempt++) {
    const port = await freePort();
    const child = spawn(
      'swtpm',
      ['socket', '--tpm2', '--tpmstate', `dir=${folder}`, '--flags', 'not-need-init,startup-clear'].concat([
        '--server',
        `type=tcp,port=${port}`,
        '--ctrl',
        `type=tcp,port=${port + 1}`,
      ]),
      { stdio: 'ignore' },
    );
    if (await listening(child, port + 1))
      return {
        tcti: `swtpm:host=127.0.0.1,port=${port}`,
        stop: async () => {
          if (child.exitCode === null && child.kill()) await once(child, 'exit');
          rmSync(folder, { recursive: true, force: true });
        },
      };
  }
  throw new Error('swtpm found no two free ports');
}

/** Only the control channel is asked: the command channel serves one connection and then ends. */
async function listening(child: ChildProcess, port: number): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    if (await answers(port)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
