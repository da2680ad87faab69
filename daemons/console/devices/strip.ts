/** What a channel of a box did over hours, out of the telemetry that the centre keeps. */
import { setImmediate as breathe } from 'node:timers/promises';
import { hasBody } from '../../core/evidence/chain.ts';
import type { Archive, Chain } from '../../core/ports/archive.ts';
import { decodeTelemetry } from '../../core/telemetry/decode.ts';
import { type Strip, type StripRange, type StripValue, stripOf } from '../../core/telemetry/strip.ts';
import type { TelemetryBody } from '../../core/values/envelope.ts';
import { parseEnvelope } from '../../core/wire/envelope.ts';

/** Read in one go; between two the console serves others. */
const atOnce = 25;

export interface StripLimits {
  /** Envelopes that are read for one strip, at the most: a box sends one about every ten seconds. */
  readonly envelopes: number;
  /** And for so long, in ms. */
  readonly readMs: number;
}
export const stripLimits: StripLimits = { envelopes: 10_000, readMs: 6000 };

export interface Channel {
  readonly sensor: string;
  readonly quantity: string;
  readonly unit: string;
}

export interface ReadStrip extends Strip {
  readonly unit: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** From here on everything was read; later than `fromMs` where there was too much. */
  readonly readFromMs: number;
}

interface Moment {
  readonly at: { readonly wallMs: number };
}
const wallOf = (text: string): number => (JSON.parse(text) as Moment).at.wallMs;

const chainsOf = async (archive: Archive, device: string): Promise<readonly Chain[]> =>
  (await archive.spools(device)).map((spool) => ({ device, spool, stream: 'tele' }));

/** Channels of the newest envelope of each spool. Errors: the store's Faults. */
export async function channelsOf(archive: Archive, device: string): Promise<readonly Channel[]> {
  const found = new Map<string, Channel>();
  for (const chain of await chainsOf(archive, device)) {
    const ends = await archive.ends(chain);
    const [newest] = ends ? await archive.read(chain, ends.last, ends.last) : [];
    if (!newest || !hasBody(newest.text)) continue;
    const { measurements, readings } = decodeTelemetry(parseEnvelope(newest.text).body as TelemetryBody);
    for (const { sensor, quantity, unit } of measurements)
      found.set(`${sensor}/${quantity}`, { sensor, quantity, unit });
    // What is not calibrated has no measurement of its own name.
    for (const { sensor, channel, unit } of readings)
      if (measurements.length === 0) found.set(`${sensor}/${channel}`, { sensor, quantity: channel, unit });
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** Newest first, so that what is left out where there is too much is the oldest. Errors: the store's Faults. */
export async function stripFrom(
  archive: Archive,
  { device, sensor, quantity }: { readonly device: string } & Omit<Channel, 'unit'>,
  range: StripRange,
  limits: StripLimits = stripLimits,
): Promise<ReadStrip> {
  const { fromMs, toMs } = range;
  const values: StripValue[] = [];
  const unitsOf = new Map<string, number>();
  let left = limits.envelopes;
  const endMs = performance.now() + limits.readMs;
  let readFromMs = fromMs;
  for (const chain of await chainsOf(archive, device)) {
    const ends = await archive.ends(chain);
    if (!ends) continue;
    const first = await firstFrom(archive, chain, ends, fromMs);
    let last = (await firstFrom(archive, chain, ends, toMs)) + 1;
    last = Math.min(last, ends.last);
    let until = last;
    while (until >= first && left > 0 && performance.now() < endMs) {
      const from = Math.max(first, until - atOnce + 1);
      for (const { text } of await archive.read(chain, from, until)) {
        left -= 1;
        for (const one of valuesIn(text, sensor, quantity)) {
          values.push(one);
          unitsOf.set(one.unit, one.atMs);
        }
      }
      until = from - 1;
      await breathe();
    }
    // What is left of this chain is older than what was read of it.
    if (until >= first) {
      const [oldest] = await archive.read(chain, until + 1, until + 1);
      if (oldest) readFromMs = Math.max(readFromMs, Math.min(toMs, wallOf(oldest.text)));
    }
  }
  values.sort((a, b) => a.atMs - b.atMs);
  const unit = [...unitsOf].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? '';
  return { ...stripOf(values, range), unit, fromMs, toMs, readFromMs };
}

function valuesIn(text: string, sensor: string, quantity: string): (StripValue & { readonly unit: string })[] {
  // Of what was reduced by age the link alone is there.
  if (!hasBody(text)) return [];
  const envelope = parseEnvelope(text);
  if (envelope.stream !== 'tele') return [];
  const { measurements, readings } = decodeTelemetry(envelope.body as TelemetryBody);
  const found = measurements.filter((one) => one.sensor === sensor && one.quantity === quantity);
  if (found.length > 0)
    return found.map(({ at, value, flags, calibration, unit }) => ({
      ...{ atMs: at.wallMs, value, flags, calibration, unit },
    }));
  return readings
    .filter((one) => one.sensor === sensor && one.channel === quantity)
    .map(({ at, value, flags, unit }) => ({ atMs: at.wallMs, value, flags, calibration: null, unit }));
}

/** The first number of a chain whose time is not before `ms`, by halving. A clock that was set back in between hides what came before. */
async function firstFrom(
  archive: Archive,
  chain: Chain,
  { first, last }: { readonly first: number; readonly last: number },
  ms: number,
): Promise<number> {
  let [low, high] = [first, last];
  while (low < high) {
    const half = Math.floor((low + high) / 2);
    const [one] = await archive.read(chain, half, Math.min(last, half + 50));
    if (one && wallOf(one.text) < ms) low = half + 1;
    else high = half;
  }
  return low;
}
