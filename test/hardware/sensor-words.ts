/** What the gas daemon kept of one sensor, look by look, as the captures say it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Reading } from '../../daemons/core/values/reading.ts';

export const batch = z.array(
  z.object({ channel: z.string(), value: z.number().nullable(), flags: z.array(z.string()) }),
);
export type Batch = z.infer<typeof batch>;

export interface Said {
  readonly id: string;
  readonly kind: string;
  readonly message: string;
}

/** Of this bench and not of the sensor: its parts are simulated, and nobody sets its clock. */
const always: ReadonlySet<string> = new Set(['simulated', 'clock']);

/** Each different look once, in order of the first. */
export function sayings(readings: readonly Reading[], id: string): Batch[] {
  const found = new Map<string, Batch>();
  let atNs = Number.NaN;
  let look: Batch = [];
  const end = (): void => {
    if (look.length > 0) {
      const text = JSON.stringify(look);
      // The last that was said is the last of the list.
      found.delete(text);
      found.set(text, look);
    }
    look = [];
  };
  for (const { sensor, channel, at, value, flags } of readings) {
    if (sensor !== id) continue;
    if (at.monoNs !== atNs) end();
    atNs = at.monoNs;
    look.push({ channel, value, flags: flags.filter((flag) => !always.has(flag)) });
  }
  end();
  return [...found.values()];
}

const captures = path.join(import.meta.dirname, '../captures');
/** Telemetry keeps six digits. */
const kept = (one: Batch[number]) => ({ ...one, value: one.value === null ? null : Number(one.value.toPrecision(6)) });

/** What the first look of a capture gives: samples, or the flag of a gap. */
export function expected(part: string, name: string): Batch | string {
  const [line = ''] = readFileSync(path.join(captures, part, name, 'expected.jsonl'), 'utf8').split('\n', 1);
  const shape = z.union([batch, z.object({ fault: z.string() })]);
  const said = shape.parse(JSON.parse(line));
  return Array.isArray(said) ? said.map(kept) : said.fault;
}

/** What each sensor says when all is well. */
export function wellOf(part: string): Batch {
  if (part === 'sgp4x') return [{ channel: 'voc', value: 30_132, flags: [] }];
  const said = expected(part, 'normal');
  if (typeof said === 'string') throw new Error(`${part} is not well in its normal case`);
  return said.map((one) => ({ ...one, flags: one.flags.filter((flag) => flag !== 'warming-up') }));
}

const wells = new Map<string, string>();
/** The part of a sensor that is watched through the mishaps: `part`, or `part-mcp` on the other adapter. */
export const partOf = (id: string): string => id.replace(/-mcp$/, '');

/** The look, when it is that of a sensor that is well. */
export function well(look: Batch, id: string): Batch | null {
  const part = partOf(id);
  const text = wells.get(part) ?? JSON.stringify(wellOf(part));
  wells.set(part, text);
  return JSON.stringify(look) === text ? look : null;
}
