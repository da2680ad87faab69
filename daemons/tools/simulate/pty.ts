import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface Pty {
  /** The device that the other side opens, for example /dev/pts/3. */
  readonly path: string;
  write(bytes: Uint8Array): void;
  onData(listener: (bytes: Uint8Array) => void): void;
  close(): void;
}

/**
 * A pseudo-terminal in raw mode without a native module: script(1) of util-linux holds the master, its stdin and stdout
 * are the other end of the line. null when script is not on this machine.
 */
export async function openPty(): Promise<Pty | null> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'fieldpost-pty-'));
  const name = path.join(folder, 'tty');
  const hold = `stty raw -echo; tty > '${name}.next'; mv '${name}.next' '${name}'; exec sleep 1000000`;
  const child = spawn('script', ['-qfc', hold, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
  let gone = false;
  child.on('error', () => {
    gone = true;
  });
  child.on('exit', () => {
    gone = true;
  });
  child.stdin.on('error', () => {});
  const listeners: ((bytes: Uint8Array) => void)[] = [];
  child.stdout.on('data', (bytes: Buffer) => {
    for (const listener of listeners) listener(bytes);
  });
  for (;;) {
    if (gone) {
      await rm(folder, { recursive: true, force: true });
      return null;
    }
    const device = await readFile(name, 'utf8').catch(() => null);
    if (device) {
      await rm(folder, { recursive: true, force: true });
      return {
        path: device.trim(),
        write: (bytes) => void child.stdin.write(bytes),
        onData: (listener) => void listeners.push(listener),
        close: () => void child.kill('SIGKILL'),
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
