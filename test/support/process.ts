/** Real programs as children of a test: they die with it, however it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import net from 'node:net';
import { findProgram } from './needs.ts';

export interface Program {
  readonly child: ChildProcess;
  /** What it said so far, both streams. */
  output(): string;
  /** Sends the signal and resolves when the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a program that the kernel kills when this process dies, however it dies (prctl PR_SET_PDEATHSIG). `user` is a
 * name to run as; only root can give one.
 */
export function startProgram(file: string, args: readonly string[], user?: string): Program {
  const setpriv = findProgram('setpriv');
  if (!setpriv) throw new Error('setpriv of util-linux is needed to start programs in tests');
  const as = user ? ['--reuid', user, '--regid', user, '--clear-groups'] : [];
  const child = spawn(setpriv, [...as, '--pdeathsig', 'KILL', '--', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/tmp',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-100_000);
    });
  const gone = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return {
    child,
    output: () => output,
    end: async (signal) => {
      child.kill(signal);
      // A stopped process takes no signal but this one.
      if (signal !== 'SIGKILL') child.kill('SIGCONT');
      await gone;
    },
  };
}

/** Ports that were free a moment ago, all different: for programs whose peers must know the port before it starts. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = net.createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Whether something listens on a port of this machine. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
