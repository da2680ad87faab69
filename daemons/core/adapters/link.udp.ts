/**
 * MAVLink over UDP. A ground station listens (14550 by custom) and answers to the address that it heard; a client speaks first
 * to an address that it knows and takes nothing from any other, which the kernel holds.
 */
import dgram from 'node:dgram';
import { isIPv6 } from 'node:net';
import { Fault } from '../ports/fault.ts';
import type { Heard, Link } from '../ports/link.ts';

export interface UdpAddress {
  readonly host: string;
  readonly port: number;
}

export type UdpEnd = { readonly listen: UdpAddress } | { readonly connect: UdpAddress };

/** Some frames in one datagram; longer ones are of no MAVLink sender (a frame has 280 bytes at the most). */
const longest = 2048;
/** Datagrams that wait to be read. */
const mostWaiting = 256;

interface Waiting {
  resolve(one: Heard): void;
  reject(fault: Fault): void;
}

/** Opened at the first read, and again at the next one after it failed. One reader at a time. */
export function openLinkUdp(end: UdpEnd): Link {
  const { host, port } = 'listen' in end ? end.listen : end.connect;
  const where = `udp ${'listen' in end ? 'listening at' : 'to'} ${host}:${port}`;
  let socket: dgram.Socket | null = null;
  let opening: Promise<dgram.Socket> | null = null;
  let queue: Heard[] = [];
  let dropped = 0;
  let reader: Waiting | null = null;

  const lost = (one: dgram.Socket, why: string): void => {
    if (socket === one) socket = null;
    queue = [];
    one.close();
    const waits = reader;
    reader = null;
    waits?.reject(new Fault('absent', `${where}: ${why}`));
  };

  const take = (bytes: Buffer, { address, port: theirs }: dgram.RemoteInfo): void => {
    if (bytes.length > longest) {
      dropped += 1;
      return;
    }
    const one = { from: `${address}:${theirs}`, bytes };
    const waits = reader;
    reader = null;
    if (waits) {
      waits.resolve(one);
      return;
    }
    queue.push(one);
    if (queue.length <= mostWaiting) return;
    // What is newest counts: a pose of a second ago is of no use.
    queue.shift();
    dropped += 1;
  };

  const open = (): Promise<dgram.Socket> => {
    if (socket) return Promise.resolve(socket);
    opening ??= new Promise<dgram.Socket>((resolve, reject) => {
      const one = dgram.createSocket(isIPv6(host) ? 'udp6' : 'udp4');
      const refuse = (error: Error): void => {
        one.close();
        reject(new Fault('absent', `${where}: ${error.message}`, error));
      };
      const opened = (): void => {
        one.off('error', refuse);
        one.on('error', (error) => lost(one, error.message));
        socket = one;
        resolve(one);
      };
      one.once('error', refuse);
      one.on('message', take);
      if ('listen' in end) one.bind(port, host, opened);
      else one.connect(port, host, (error?: Error) => (error ? refuse(error) : opened()));
    }).finally(() => {
      opening = null;
    });
    return opening;
  };

  const sendOn = (one: dgram.Socket, bytes: Uint8Array, to: string | null): Promise<void> =>
    new Promise((resolve, reject) => {
      const done = (error: Error | null): void =>
        error ? reject(new Fault('absent', `${where}: ${error.message}; nothing was sent`, error)) : resolve();
      if ('connect' in end) return one.send(bytes, done);
      if (to === null) return reject(new Fault('absent', `${where}: nobody was heard there; nothing was sent`));
      const at = to.lastIndexOf(':');
      one.send(bytes, Number(to.slice(at + 1)), to.slice(0, at), done);
    });

  return {
    get dropped() {
      return dropped;
    },
    read: async (timeoutMs) => {
      await open();
      const first = queue.shift();
      if (first) return first;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reader = null;
          reject(new Fault('timeout', `${where}: nothing came within ${timeoutMs} ms`));
        }, timeoutMs);
        reader = {
          resolve: (one) => {
            clearTimeout(timer);
            resolve(one);
          },
          reject: (fault) => {
            clearTimeout(timer);
            reject(fault);
          },
        };
      });
    },
    send: async (bytes, to) => sendOn(await open(), bytes, to),
    close: async () => {
      if (socket) lost(socket, 'closed');
    },
  };
}
