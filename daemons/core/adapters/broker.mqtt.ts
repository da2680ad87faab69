import './broker.mqtt.lengths.ts';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import packets from 'mqtt-packet';
import { type Backoff, backoff } from '../flow/backoff.ts';
import type { Refusal } from '../pki/refusal.ts';
import type { Broker, BrokerEvents } from '../ports/broker.ts';
import { Fault, isFault } from '../ports/fault.ts';
import type { OpenTls } from './identity.tls.ts';

export interface MqttOptions {
  /** Tried in turn whenever the connection is lost or cannot be made, beginning with the one that served last. */
  readonly urls: readonly string[];
  /** Unique on the broker: a second client of the same name throws the first one out. */
  readonly clientId: string;
  readonly subscribe: readonly string[];
  /** Retained, QoS 1. Asked for at each attempt, so that it can name the connection that it is about. */
  readonly will?: () => Will;
  /** How `mqtts://` is opened; without it such an address cannot be used. */
  readonly tls?: OpenTls | undefined;
  /** Told why TLS was refused, each time, before `onDisconnect` says it too. */
  readonly onRefusal?: (refusal: Refusal) => void;
  /** Asked for at each attempt; undefined where the broker wants none. */
  readonly login?: () => Login;
  readonly keepaliveS?: number;
  readonly retry?: Backoff;
  /** Numbers in [0, 1) that spread the attempts of many boxes. */
  readonly random?: () => number;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface Will {
  readonly topic: string;
  readonly payload: string;
}

// A list of the bytes of all numbers to 65,535 would be made at the first packet: 6 MB for what is worked out at once.
packets.writeToStream.cacheNumbers = false;

const usualRetry: Backoff = { firstMs: 250, mostMs: 60_000 };
const connectMs = 5000;
/** A connection that held this long was a good one: the next attempts begin quickly again. */
const goodAfterMs = 5000;
const leaveMs = 1000;

/**
 * MQTT.js with its queues kept empty: it silently drops beyond 65,535 messages and reconnects at a fixed period, so
 * reconnecting is ours, jittered, with a fresh client each time, and a publish without a connection is refused at once.
 */
export function connectMqtt(options: MqttOptions, events: BrokerEvents): Broker {
  const { urls, retry: pace = usualRetry, random = Math.random } = options;
  let client: MqttClient | null = null;
  let connected = false;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;
  let turn = 0;
  let delays = backoff(pace, random);
  let giveUp: (reason: string) => void = () => {};
  const unanswered = new Set<(fault: Fault) => void>();

  const refuseAll = (why: string): void => {
    for (const reject of [...unanswered]) reject(new Fault('absent', `${why}; the broker had not confirmed`));
  };

  const connect = (): void => {
    const url = urls[turn % urls.length] ?? '';
    let connectedMs = Number.POSITIVE_INFINITY;
    let why = `${url}: the connection was closed`;
    let refused = false;
    const one = open(url, options, (refusal) => {
      refused = true;
      why = refusal.reason;
      options.onRefusal?.(refusal);
    });
    client = one;
    /** Once for each attempt, however it ends. */
    const lost = (): void => {
      if (client !== one) return;
      client = null;
      one.end(true);
      if (performance.now() - connectedMs > goodAfterMs) delays = backoff(pace, random);
      if (!connected) turn += 1;
      connected = false;
      refuseAll(why);
      if (closed) return;
      events.onDisconnect(why);
      retry = setTimeout(connect, delays.next().value);
    };
    const ready = (): void => {
      if (client !== one) return;
      connected = true;
      connectedMs = performance.now();
      events.onConnect();
    };
    giveUp = (reason) => {
      if (client !== one) return;
      why = `${url}: ${reason}`;
      connected = false;
      lost();
    };
    // All handlers before the first packet: a message may follow the CONNACK in the same one.
    one.on('message', (topic, payload) => events.onMessage(topic, payload));
    one.on('error', (error) => {
      if (!refused) why = `${url}: ${wordsOf(error)}`;
    });
    one.on('connect', () => {
      // An alert must not wait in the kernel for the acknowledgement of the packet before it.
      (one.stream as Partial<Socket>).setNoDelay?.(true);
      if (options.subscribe.length === 0) return ready();
      one.subscribe([...options.subscribe], { qos: 1 }, (error) => {
        if (!error) return ready();
        why = `${url}: subscribing was refused: ${error.message}`;
        lost();
      });
    });
    one.on('close', lost);
  };
  connect();

  return {
    get connected() {
      return connected;
    },
    publish: (topic, payload, { retain = false } = {}) => {
      const one = client;
      if (!connected || !one)
        return Promise.reject(new Fault('absent', `not connected to ${urls.join(' or ')}; ${topic} was not sent`));
      return new Promise((resolve, reject) => {
        const refuse = (fault: Fault): void => {
          unanswered.delete(refuse);
          reject(fault);
        };
        unanswered.add(refuse);
        one.publish(
          topic,
          typeof payload === 'string' ? payload : Buffer.from(payload),
          { qos: 1, retain },
          (error) => {
            if (error) return refuse(new Fault('absent', `${topic}: ${error.message}`, error));
            unanswered.delete(refuse);
            resolve();
          },
        );
      });
    },
    move: (reason) => giveUp(reason),
    close: async () => {
      closed = true;
      clearTimeout(retry);
      const one = client;
      client = null;
      connected = false;
      if (one) await leave(one);
      refuseAll('closed');
    },
  };
}

/** `mqtt://` by MQTT.js itself, `mqtts://` over a connection of ours that can say why it was refused. */
function open(url: string, options: MqttOptions, onRefusal: (refusal: Refusal) => void): MqttClient {
  if (!url.startsWith('mqtts:')) return mqtt.connect(url, settings(options));
  return new mqtt.MqttClient(() => {
    try {
      if (!options.tls) throw new Fault('config', `${url}: no identity was given, and mqtts:// needs one`);
      return options.tls(url, onRefusal);
    } catch (error) {
      if (!isFault(error)) throw error;
      // The files may be brought while we run: it is tried again like a broker that is away.
      onRefusal({ kind: 'own-missing', reason: error.message });
      return new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() }).destroy();
    }
  }, settings(options));
}

/** A refusal of the broker has a number as its code: there the words say more. */
function wordsOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : error.message;
}

const settings = ({ clientId, will, login, keepaliveS = 30 }: MqttOptions): IClientOptions => ({
  clientId,
  protocolVersion: 4,
  // The broker keeps nothing for us: what counts is the receipt, and what has none is sent again.
  clean: true,
  reconnectPeriod: 0,
  queueQoSZero: false,
  resubscribe: false,
  connectTimeout: connectMs,
  keepalive: keepaliveS,
  // Publishing into a half-open connection must not put off the ping that finds it out.
  reschedulePings: false,
  ...login?.(),
  ...(will ? { will: lastWill(will()) } : {}),
});

const lastWill = ({ topic, payload }: Will): NonNullable<IClientOptions['will']> => ({
  topic,
  payload: Buffer.from(payload),
  qos: 1,
  retain: true,
});

/** DISCONNECT where the broker still answers, the bare end where it does not: MQTT.js would wait for ever. */
async function leave(client: MqttClient): Promise<void> {
  const patience = Promise.withResolvers<void>();
  const timer = setTimeout(patience.resolve, leaveMs);
  await Promise.race([patience.promise, client.endAsync()]);
  clearTimeout(timer);
  client.stream?.destroy();
}
