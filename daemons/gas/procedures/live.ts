/** The newest value of every channel and its last minutes, for whoever watches; and what of it a procedure takes. */
import type { Measurement } from '../../core/values/measurement.ts';
import type { Reading } from '../../core/values/reading.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import type { ProcedureInput } from './procedure.ts';
import type { Target } from './session.ts';

export interface Live {
  /** Monotonic ms and value, oldest first. */
  readonly points: [number, number | null][];
  newest: Measurement | null;
  /** When clients were last told, monotonic ms. */
  sentMs: number;
}

export const freshLive = (): Live => ({ points: [], newest: null, sentMs: 0 });

/** As whoever watches is told: the value itself, and the limit below which it is shown as `<LOD`. */
export const shownOf = ({ at, value, u, flags, lod }: Measurement) => ({
  atMs: msOf(at),
  value,
  u,
  flags: [...flags],
  lod: lod ?? null,
});

const traceMs = 300_000;
const mostPoints = 3000;

export const msOf = ({ monoNs }: Pick<Stamp, 'monoNs'>): number => monoNs / 1e6;

/** Takes what a batch says of the channel, and gives it. */
export function follow(live: Live, target: Target, measurements: readonly Measurement[]): readonly Measurement[] {
  const shown = measurements.filter(({ sensor, quantity }) => quantity === target.quantity && sensor === target.sensor);
  if (shown.length === 0) return shown;
  for (const one of shown) {
    live.points.push([msOf(one.at), one.value]);
    live.newest = one;
  }
  const oldestMs = (live.points.at(-1)?.[0] ?? 0) - traceMs;
  const kept = live.points.findIndex(([atMs]) => atMs >= oldestMs);
  live.points.splice(0, Math.max(kept, live.points.length - mostPoints));
  return shown;
}

/** Flags of values that are no measurement of the gas: a procedure takes them as gaps. */
const unfit: ReadonlySet<string> = new Set([
  'saturated',
  'out-of-range',
  'warming-up',
  'instrument-fault',
  'heater',
  'stuck',
  'not-measured',
  'not-a-number',
]);

/** A line rounds times to whole milliseconds. */
const sameMs = (a: Stamp, b: Stamp): boolean => Math.round(msOf(a)) === Math.round(msOf(b));

/** The readings of the channel with what was made of them, as a procedure takes them. */
export function inputsOf(
  { channel }: Target,
  readings: readonly Reading[],
  shown: readonly Measurement[],
): readonly ProcedureInput[] {
  return readings
    .filter((one) => `${one.sensor}/${one.channel}` === channel)
    .map((one) => {
      const measured = shown.find(({ at }) => sameMs(at, one.at));
      const flags = [...one.flags, ...(measured?.flags ?? [])];
      const fit = one.value !== null && !flags.some((flag) => unfit.has(flag));
      return {
        type: 'reading',
        atMs: msOf(one.at),
        raw: fit ? one.value : null,
        value: measured?.value ?? null,
        u: measured?.u ?? null,
      };
    });
}
