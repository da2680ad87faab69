import net from 'node:net';
import { Fault } from '../ports/fault.ts';

export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

export interface TcpListener {
  /** A connection was made: nothing of an earlier one counts any more. */
  onOpen(): void;
  /** False: nothing more is read before `goOn`. */
  onData(bytes: Buffer): unknown;
  onLost(): void;
}

export interface TcpLink {
  /** Connects if it is not connected. Errors: Fault `absent`. */
  open(): Promise<net.Socket>;
  /** Reads on, after a listener had enough. */
  goOn(): void;
  close(): void;
}

const connectMs = 2000;
const readBytes = 16_384;

/** A connection that is made when it is needed and made again after it was lost. A closed one is heard no more. */
export function tcpLink({ host, port }: TcpAddress, listener: TcpListener): TcpLink {
  let socket: net.Socket | null = null;
  // One buffer for all reads, and no stream around it: an answer is a few bytes, ten times a second on every line.
  const buffer = Buffer.alloc(readBytes);
  const connect = (): Promise<net.Socket> =>
    new Promise((resolve, reject) => {
      const read = (length: number): boolean => {
        return socket !== made || listener.onData(Buffer.from(buffer.subarray(0, length))) !== false;
      };
      const made = net.connect({ host, port, timeout: connectMs, onread: { buffer, callback: read } });
      const absent = (why: string): void => {
        made.destroy();
        reject(new Fault('absent', `nothing listens at ${host}:${port} (${why})`));
      };
      made.once('timeout', () => absent('no answer'));
      made.once('error', (error: NodeJS.ErrnoException) => absent(error.code ?? error.message));
      made.once('connect', () => {
        made.removeAllListeners('timeout').removeAllListeners('error').setTimeout(0).setNoDelay(true);
        socket = made;
        listener.onOpen();
        made.on('error', () => made.destroy());
        made.on('close', () => {
          if (socket !== made) return;
          socket = null;
          listener.onLost();
        });
        resolve(made);
      });
    });
  return {
    open: () => (socket ? Promise.resolve(socket) : connect()),
    goOn: () => void socket?.resume(),
    close: () => {
      const closing = socket;
      socket = null;
      closing?.destroy();
      if (closing) listener.onLost();
    },
  };
}
