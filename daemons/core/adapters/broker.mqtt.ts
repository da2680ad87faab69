import mqtt, { type MqttClient } from 'mqtt';
import { backoff } from '../flow/backoff.ts';
import type { Broker, BrokerEvents } from '../ports/broker.ts';
import { Fault } from '../ports/fault.ts';

export interface MqttOptions {
  /** Tried in turn, from the first, whenever the connection is lost. */
  readonly urls: readonly string[];
  /** Unique on the broker: a second client of the same name throws the first one out. */
  readonly clientId: string;
  readonly subscribe: readonly string[];
  readonly will?: { readonly topic: string; readonly payload: string };
  readonly keepaliveS?: number;
}

const firstRetryMs = 250;
const mostRetryMs = 60_000;
const connectMs = 5000;

/**
 * MQTT.js with its queues kept empty: it silently drops beyond 65,535 messages and reconnects at a fixed period
 * (delivery.md section 3), so reconnecting is ours, jittered, and a publish without a connection is refused at once.
 */
export function connectMqtt(options: MqttOptions, events: BrokerEvents): Broker {
  let client: MqttClient | null = null;
  let connected = false;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;
  let turn = 0;
  let delays = backoff({ firstMs: firstRetryMs, mostMs: mostRetryMs }, Math.random);
  const unanswered = new Set<(fault: Fault) => void>();

  const connect = (): void => {
    const url = options.urls[turn % options.urls.length] ?? '';
    turn += 1;
    const one = mqtt.connect(url, {
      clientId: options.clientId,
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      queueQoSZero: false,
      resubscribe: false,
      connectTimeout: connectMs,
      keepalive: options.keepaliveS ?? 30,
      ...(options.will
        ? {
            will: {
              topic: options.will.topic,
              payload: Buffer.from(options.will.payload),
              qos: 1 as const,
              retain: true,
            },
          }
        : {}),
    });
    client = one;
    let why = `${url} closed the connection`;
    // Handlers first: a message may follow the CONNACK in the same packet.
    one.on('message', (topic, payload) => events.onMessage(topic, payload));
    one.on('error', (error) => {
      why = `${url}: ${(error as NodeJS.ErrnoException).code ?? error.message}`;
    });
    one.on('connect', () => {
      const ready = (): void => {
        connected = true;
        delays = backoff({ firstMs: firstRetryMs, mostMs: mostRetryMs }, Math.random);
        turn -= 1;
        events.onConnect();
      };
      if (options.subscribe.length === 0) ready();
      else one.subscribe([...options.subscribe], { qos: 1 }, (error) => (error ? one.end(true) : ready()));
    });
    one.on('close', () => {
      if (client !== one) return;
      client = null;
      const was = connected;
      connected = false;
      for (const reject of [...unanswered]) reject(new Fault('absent', `${why} before the broker confirmed`));
      one.end(true);
      if (was) events.onDisconnect(why);
      if (!closed) retry = setTimeout(connect, delays.next().value);
    });
  };
  connect();

  return {
    get connected() {
      return connected;
    },
    publish: (topic, payload, { retain = false } = {}) => {
      const one = client;
      if (!connected || !one)
        return Promise.reject(
          new Fault('absent', `not connected to ${options.urls.join(' or ')}; ${topic} was not sent`),
        );
      return new Promise((resolve, reject) => {
        const settle = (fault: Fault | null): void => {
          unanswered.delete(settle);
          if (fault) reject(fault);
          else resolve();
        };
        unanswered.add(settle);
        one.publish(topic, payload, { qos: 1, retain }, (error) =>
          settle(error ? new Fault('absent', `${topic}: ${error.message}`, error) : null),
        );
      });
    },
    close: async () => {
      closed = true;
      clearTimeout(retry);
      const one = client;
      client = null;
      connected = false;
      if (one) await one.endAsync(false).catch(() => one.end(true));
    },
  };
}
