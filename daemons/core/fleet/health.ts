/** How a box is, said by the box: small, and only when something changed that anybody would act on. Pure. */
import * as z from 'zod';
import { parseWire } from '../wire/parse.ts';

const share = z.number().min(0).max(1);
const counts = z.record(z.string().max(64), z.number());

const health = z.looseObject({
  v: z.literal(1),
  /** Unix ms by the box. */
  atMs: z.number(),
  /** Whether a time source bounds its clock. */
  synced: z.boolean(),
  /** One-minute load for each core. */
  load: z.number().min(0),
  memoryFree: share,
  /** Of the file system that holds the state. */
  storageFree: share,
  celsius: z.number().nullable(),
  /** What the firmware of a Pi says it holds back for; null where nobody says. */
  throttled: z.array(z.string().max(64)).max(16).readonly().nullable(),
  /** Years the card lasts at what is written, an assumption; null where its size is not known. */
  lifeYears: z.number().nullable(),
  /** End of the box's certificate; null: it has none. */
  certificateMs: z.number().nullable(),
  /** Channels whose calibration is over or missing. */
  overdue: z.array(z.string().max(100)).max(64).readonly(),
  /** What waits for a receipt, by stream. */
  waiting: counts,
  /** Connections to the broker that were lost since the uplink started. */
  drops: z.int().min(0),
  /** Starts of a daemon because it ended. */
  restarts: counts,
  /** Share of readings with a flag since the last report, by sensor. */
  flagged: counts,
  versions: z.record(z.string().max(64), z.string().max(64)),
});
export type Health = Readonly<z.infer<typeof health>>;

/** What the agent says of it; the uplink knows the rest. */
export const agentHealth = health.omit({ waiting: true, drops: true });
export type AgentHealth = Readonly<z.infer<typeof agentHealth>>;

/** What kernel, firmware and certificate say. */
export type BoxFacts = Pick<
  Health,
  'load' | 'memoryFree' | 'storageFree' | 'celsius' | 'throttled' | 'lifeYears' | 'certificateMs'
>;

/** Longest text of a report, in characters. */
export const longestHealth = 8000;

/** Errors: Fault `protocol` that names the path. */
export const parseHealth = (json: string): Health => parseWire(json, health);

/** So far a number may move before it is said again; others, and numbers within, wait for the long period. */
const bands = { load: 1, memoryFree: 0.1, storageFree: 0.05, celsius: 8, drops: 20 } as const;
/** Each a step of their own: below them more is normal. */
const waitingSteps = [100, 10_000, 1_000_000] as const;
const yearSteps = [0.25, 0.5, 1, 2] as const;
const flaggedSteps = [0.02, 0.1, 0.5] as const;

/** Not more often than this, whatever changes, in s; and at the latest after that. */
export interface HealthPace {
  readonly leastS: number;
  readonly mostS: number;
}
/**
 * A report is about 700 bytes, 900 with MQTT, TLS and TCP both ways. Once a day is 27 kB a month; a box that changes all the time says it
 * every six hours at the most, 110 kB a month: within the 1 MB of a metered line beside its keepalives. One that is at an edge all month long
 * may take 650 kB.
 */
export const usualPace: HealthPace = { leastS: 6 * 3600, mostS: 24 * 3600 };

/** What was said last, and when by a clock that only goes forward. */
export interface Said {
  readonly health: Health;
  readonly monoMs: number;
}

/** Whether it is to be said now. What an operator would act on does not wait for `leastS`. */
export function isDue(said: Said | null, now: Health, monoMs: number, { leastS, mostS }: HealthPace): boolean {
  if (!said) return true;
  const ageMs = monoMs - said.monoMs;
  if (ageMs >= mostS * 1000) return true;
  if (urgent(now) !== urgent(said.health)) return ageMs >= urgentMs;
  return ageMs >= leastS * 1000 && moved(said.health, now);
}

/** Even that may not flap: a box at an edge, or a daemon that ends again and again, is said once an hour. */
const urgentMs = 60 * 60_000;

const stepOf = (value: number, steps: readonly number[]): number => steps.filter((step) => value >= step).length;
const stepsOf = (values: Readonly<Record<string, number>>, steps: readonly number[]): readonly [string, number][] =>
  Object.entries(values)
    .map(([name, value]): [string, number] => [name, stepOf(value, steps)])
    .filter(([, step]) => step > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

/** By value: what raises or clears an alert of the fleet, or tells of an end that a technician should see. */
function urgent({ synced, throttled, overdue, certificateMs, lifeYears, restarts, versions }: Health): string {
  const worn = lifeYears === null ? -1 : stepOf(lifeYears, yearSteps);
  return JSON.stringify([synced, throttled, overdue.toSorted(), certificateMs, worn, restarts, versions]);
}

function moved(was: Health, is: Health): boolean {
  for (const [key, band] of Object.entries(bands)) {
    const [before, after] = [was[key as keyof typeof bands], is[key as keyof typeof bands]];
    if (before === null || after === null ? before !== after : Math.abs(after - before) >= band) return true;
  }
  const steps = (one: Health): string =>
    JSON.stringify([stepsOf(one.waiting, waitingSteps), stepsOf(one.flagged, flaggedSteps)]);
  return steps(was) !== steps(is);
}
