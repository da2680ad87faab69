/** A TAK server as far as its line goes: takes events over TLS with certificates, answers pings, and can be told to misbehave. */
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import type net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { CoTParser } from '@tak-ps/node-cot';

export interface TakServer {
  readonly port: number;
  /** What came, by uid: the newest event of each, as node-CoT read it. */
  readonly seen: ReadonlyMap<string, ReturnType<typeof CoTParser.from_xml>>;
  /** Events that came, each as often as it came. */
  readonly count: number;
  readonly connections: number;
  /** Resolves when `is` holds, which is looked at with each event. */
  until(is: () => boolean): Promise<void>;
  /** Ends every connection in the middle of whatever it takes. */
  drop(): void;
  /** Reads on, or reads and answers nothing. */
  setDeaf(deaf: boolean): void;
  close(): Promise<void>;
}

/** `identity`: a folder with server.key, server.crt and ca.crt. Only certificates of that authority are let in. */
export async function takServer(identity: string): Promise<TakServer> {
  const pem = (name: string): string => readFileSync(path.join(identity, name), 'utf8');
  const seen = new Map<string, ReturnType<typeof CoTParser.from_xml>>();
  const sockets = new Set<net.Socket>();
  const news = new EventEmitter();
  let [count, connections, deaf] = [0, 0, false];
  const server = tls.createServer({
    key: pem('server.key'),
    cert: pem('server.crt'),
    ca: pem('ca.crt'),
    requestCert: true,
  });
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    connections += 1;
    let rest = '';
    socket.on('data', (bytes: Buffer) => {
      if (deaf) return;
      const parts = (rest + bytes.toString('utf8')).split('</event>');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const event = CoTParser.from_xml(`${part.trim()}</event>`);
        const { uid, type } = event.raw.event._attributes;
        if (type === 't-x-c-t') socket.write('<event version="2.0" uid="takPong" type="t-x-c-t-r" how="h-g-i-g-o"/>\n');
        else {
          count += 1;
          seen.set(uid, event);
        }
        news.emit('news');
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    seen,
    get count() {
      return count;
    },
    get connections() {
      return connections;
    },
    until: async (is) => {
      while (!is()) await once(news, 'news');
    },
    drop: () => {
      for (const one of sockets) one.destroy();
    },
    setDeaf: (is) => {
      deaf = is;
    },
    close: async () => {
      for (const one of sockets) one.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
