import net from 'node:net';
import { Fault } from '../ports/fault.ts';

export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

export interface TcpLink {
  /** Connects if it is not connected. Errors: Fault `absent`. */
  open(): Promise<net.Socket>;
  close(): void;
}

const connectMs = 2000;

/** A connection that is made when it is needed and made again after it was lost. `onData` gets what arrives, `onLost` the end of it. */
export function tcpLink({ host, port }: TcpAddress, onData: (bytes: Buffer) => void, onLost: () => void): TcpLink {
  let socket: net.Socket | null = null;
  const connect = (): Promise<net.Socket> =>
    new Promise((resolve, reject) => {
      const made = net.connect({ host, port, timeout: connectMs });
      const absent = (why: string): void => {
        made.destroy();
        reject(new Fault('absent', `nothing listens at ${host}:${port} (${why})`));
      };
      made.once('timeout', () => absent('no answer'));
      made.once('error', (error: NodeJS.ErrnoException) => absent(error.code ?? error.message));
      made.once('connect', () => {
        made.removeAllListeners('timeout').removeAllListeners('error').setTimeout(0).setNoDelay(true);
        socket = made;
        made.on('data', onData);
        made.on('error', () => made.destroy());
        made.on('close', () => {
          if (socket === made) socket = null;
          onLost();
        });
        resolve(made);
      });
    });
  return {
    open: async () => socket ?? (await connect()),
    close: () => void socket?.destroy(),
  };
}
