/** Who listens at the broker: counts what comes as it comes, keeps it to be read afterwards, and gives the box its receipts. */
import mqtt from 'mqtt';
import { decodeTelemetry } from '../../../daemons/core/telemetry/decode.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import type { Envelope, TelemetryBody } from '../../../daemons/core/values/envelope.ts';
import { parseEnvelope } from '../../../daemons/core/wire/envelope.ts';
import { unpacked } from '../../../daemons/core/wire/packed.ts';
import { topicOf } from '../../../daemons/core/wire/topics.ts';
import { type Name, names } from './contestants.ts';
import { device, site } from './fieldpost.ts';
import { type Ledger, ledger } from './receipts.ts';
import {
  countAlert,
  countReading,
  freshTally,
  numberIn,
  numberInCalibrated,
  type Shape,
  type Tally,
} from './stream.ts';

/** Of one message of a peer. */
const window = 10;

interface Came {
  readonly ms: number;
  /** A message of a peer, or an envelope of the box. */
  readonly what: { readonly alert: boolean; readonly text: string } | Envelope;
}

export interface Raised {
  readonly ms: number;
  /** Of a reading of the episode. */
  readonly number: number;
}

export interface Ear {
  /** Forgets what came of it so far. */
  begin(name: Name): void;
  /** Readings that came since `begin`. */
  count(name: Name): number;
  /** The moment, in Unix ms, when `count` readings had come; null when they do not within `withinMs`. */
  until(name: Name, count: number, withinMs: number): Promise<number | null>;
  /** Reads everything that came since `begin`. */
  tally(name: Name, shape: Shape): Tally;
  raised(name: Name): readonly Raised[];
  close(): Promise<void>;
}

interface Of {
  came: Came[];
  count: number;
  readonly wakes: Set<() => void>;
}

const now = (): number => performance.timeOrigin + performance.now();

/** Connects with a session of its own that outlives a restart of the broker. */
export async function listenAt(url: string): Promise<Ear> {
  const of = new Map(names.map((name): [Name, Of] => [name, { came: [], count: 0, wakes: new Set() }]));
  const got = (name: Name): Of => of.get(name) as Of;
  const book: Ledger = ledger();
  const client = await mqtt.connectAsync(url, {
    clientId: 'peers-ear',
    clean: false,
    protocolVersion: 4,
    reconnectPeriod: 200,
  });
  let told = false;
  const tell = (): void => {
    told = false;
    for (const receipt of book.due())
      client.publish(topicOf(site, device, 'receipt'), JSON.stringify(receipt), { qos: 1 });
  };
  const note = (name: Name, one: Came, readings: number): void => {
    const mine = got(name);
    mine.came.push(one);
    mine.count += readings;
    for (const wake of mine.wakes) wake();
  };
  client.on('message', (topic, payload) => {
    const ms = now();
    const parts = topic.split('/');
    if (parts[0] === 'peers') {
      const alert = parts[2] === 'alert';
      note(parts[1] as Name, { ms, what: { alert, text: payload.toString() } }, alert ? 0 : window);
      return;
    }
    const envelope = parseEnvelope(unpacked(payload));
    // What is said with each reading: the reading, and what the calibration made of it.
    if (book.take(envelope))
      note(
        'fieldpost',
        { ms, what: envelope },
        envelope.stream === 'tele' ? (envelope.body as TelemetryBody).values / 2 : 0,
      );
    if (told) return;
    told = true;
    setImmediate(tell);
  });
  await client.subscribeAsync(
    ['peers/+/+', ...(['alert', 'event', 'tele'] as const).map((kind) => topicOf(site, device, kind))],
    { qos: 1 },
  );

  return {
    begin: (name) => {
      got(name).came = [];
      got(name).count = 0;
    },
    count: (name) => got(name).count,
    until: (name, count, withinMs) =>
      new Promise((resolve) => {
        const mine = got(name);
        const end = (ms: number | null): void => {
          clearTimeout(late);
          mine.wakes.delete(look);
          resolve(ms);
        };
        const late = setTimeout(() => end(null), withinMs);
        const look = (): void => {
          if (mine.count >= count) end(mine.came.at(-1)?.ms ?? now());
        };
        mine.wakes.add(look);
        look();
      }),
    tally: (name, shape) => tallied(got(name).came, shape),
    raised: (name) => got(name).came.flatMap(raisedIn),
    close: async () => {
      await client.endAsync(true);
    },
  };
}

function raisedIn({ ms, what }: Came): readonly Raised[] {
  if ('stream' in what) {
    const { condition, because } = what.body as Alert;
    return what.stream === 'alert' && condition === 'raised' ? [{ ms, number: numberInCalibrated(because.score) }] : [];
  }
  if (!what.alert) return [];
  const said = JSON.parse(what.text) as { readonly condition: string; readonly value: number };
  return said.condition === 'raised' ? [{ ms, number: numberInCalibrated(said.value) }] : [];
}

function tallied(came: readonly Came[], shape: Shape): Tally {
  const tally = freshTally();
  for (const one of came) {
    const { what } = one;
    for (const { number } of raisedIn(one)) countAlert(tally, number, shape);
    if ('stream' in what) {
      if (what.stream !== 'tele') continue;
      for (const { value } of decodeTelemetry(what.body as TelemetryBody).readings)
        if (value !== null) countReading(tally, numberIn(value));
    } else if (!what.alert) {
      for (const value of (JSON.parse(what.text) as { readonly values: readonly number[] }).values)
        countReading(tally, numberInCalibrated(value));
    }
  }
  return tally;
}
