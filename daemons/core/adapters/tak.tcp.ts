/** Events to a TAK server over TCP or TLS, in XML: protobuf is not understood by all (peers.md, section 3). */
import net from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import { connectedAnew, due, nothingShown, show } from '../cot/shown.ts';
import { backoff } from '../flow/backoff.ts';
import { available, bucket, filled, spent } from '../flow/bucket.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Saying, Tak } from '../ports/tak.ts';
import { type TakLine, takLine } from './tak.line.ts';

export interface TakOptions {
  readonly host: string;
  readonly port: number;
  /** PEM texts; absent: TCP without encryption, which only a loopback address or a VPN makes right. */
  readonly tls?: { readonly ca: string; readonly certificate: string; readonly key: string } | undefined;
  /** Events a second: servers were seen to lose all but a few of a burst (FreeTAKServer, issue 268). */
  readonly perS: number;
  /** How often all that is shown is said again, ms: well below the time after which it is stale. */
  readonly refreshMs: number;
}

const connectMs = 5000;
const eraseMs = 120_000;
const idleMs = 500;
const retry = { firstMs: 500, mostMs: 30_000 };

/** Connects, and connects again for ever. `who` names this sender in pings. */
export function connectTak(options: TakOptions, who: string, clock: Clock, log: Log): Tak {
  const stop = new AbortController();
  let shown = nothingShown;
  let connected = false;
  let trouble: string | null = 'not connected yet';
  let wake = new AbortController();
  const news = (): void => wake.abort();

  const now = (): { monoMs: number; wallMs: number } => {
    const { monoNs, wallMs } = clock.now();
    return { monoMs: monoNs / 1e6, wallMs };
  };
  const rest = async (ms: number): Promise<void> => {
    wake = new AbortController();
    await clock.sleep(ms, 'TAK news', AbortSignal.any([wake.signal, stop.signal]));
  };

  /** Says all that is due until the connection ends; gives why it ended. */
  const serve = async (line: TakLine): Promise<string> => {
    void line.ended.then(news);
    let tokens = bucket(options.perS, now().monoMs);
    shown = connectedAnew(shown);
    while (!line.isOver && !stop.signal.aborted) {
      const at = now();
      tokens = filled(tokens, options.perS, at.monoMs);
      const [next, events] = due(shown, at, { refreshMs: options.refreshMs, limit: available(tokens) });
      shown = next;
      tokens = spent(tokens, events.length);
      for (const one of events) await line.say(one);
      await line.ping();
      if (events.length === 0 && !line.isOver) await rest(waitingIn(shown) > 0 ? 1000 / options.perS : idleMs);
    }
    line.close();
    return line.ended;
  };

  const follow = async (): Promise<void> => {
    let delays = backoff(retry, Math.random);
    while (!stop.signal.aborted) {
      const socket = await opened(options).catch((error: Error) => error);
      if (socket instanceof Error) trouble = `${options.host}:${options.port}: ${socket.message}`;
      else {
        [connected, trouble] = [true, null];
        log.info('connected to a TAK server', { host: options.host, port: options.port });
        const fromMs = now().monoMs;
        trouble = `${options.host}:${options.port}: ${await serve(takLine(socket, who, clock))}`;
        connected = false;
        // One that took us for a while and fell is tried at once; one that throws us out is left alone for longer and longer.
        if (now().monoMs - fromMs > retry.mostMs) delays = backoff(retry, Math.random);
      }
      if (stop.signal.aborted) break;
      log.warn('no TAK server: what is shown is said again when it is back', { reason: trouble });
      await clock.sleep(delays.next().value, 'TAK server', stop.signal);
    }
  };
  const following = follow();

  return {
    show: (id, saying) => {
      shown = show(shown, id, saying);
      news();
    },
    erase: (id, saying) => {
      shown = show(shown, id, saying, now().monoMs + eraseMs);
      news();
    },
    knows: (id) => shown.has(id),
    get state() {
      return { connected, trouble, waiting: waitingIn(shown) };
    },
    close: async () => {
      stop.abort();
      await following;
    },
  };
}

const waitingIn = (shown: ReadonlyMap<string, { readonly saidMs: number | null; readonly saying: Saying }>): number =>
  [...shown.values()].filter(({ saidMs }) => saidMs === null).length;

/** Errors: what the system or TLS says. */
function opened({ host, port, tls: identity }: TakOptions): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const made: net.Socket | TLSSocket = identity
      ? tls.connect({
          host,
          port,
          ca: identity.ca,
          cert: identity.certificate,
          key: identity.key,
          minVersion: 'TLSv1.2',
        })
      : net.connect({ host, port });
    const late = setTimeout(() => made.destroy(new Error(`no answer within ${connectMs / 1000} s`)), connectMs);
    made.once('error', (error: Error) => {
      clearTimeout(late);
      reject(error);
    });
    made.once(identity ? 'secureConnect' : 'connect', () => {
      clearTimeout(late);
      made.removeAllListeners('error').setNoDelay(true);
      resolve(made);
    });
  });
}
