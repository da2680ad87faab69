/** What is seen while a channel is exposed to gas and while it recovers: does gas arrive, does the alarm trip. */
import { type Answer, responseOf } from '../../core/calibration/response.ts';
import type { Response } from '../../core/values/bump-test.ts';
import type { Seen, Taken } from './procedure.ts';
import type { StageName } from './stages.ts';

export interface Exposed {
  readonly arrived: boolean;
  /** Values came to rest: the rise over the last T90 is less than a tenth of what was reached. */
  readonly atRest: boolean;
  readonly recovered: boolean;
  /** Values while gas was on, and after it was taken away, in the unit of the result. */
  readonly on: readonly Answer[];
  readonly off: readonly Answer[];
}

interface About {
  readonly stage: StageName;
  readonly ambient: Pick<Taken, 'shown' | 'read' | 'spread'>;
  readonly applied: number;
  readonly t90Ms: number;
}

const valuesOf = (all: readonly Seen[]): readonly Answer[] =>
  all.map(({ atMs, value, raw }) => ({ atMs, value: value ?? raw }));

/** A clear sign of gas: five times the noise of ambient air, and a twentieth of what was applied. */
const signOf = ({ ambient, applied }: About): number =>
  (ambient.shown ?? ambient.read) + Math.max(5 * ambient.spread, applied / 20);

/** What is known with the newest readings of the stage. */
export function seen(before: Exposed | null, all: readonly Seen[], about: About): Exposed {
  const known = before ?? { arrived: false, atRest: false, recovered: false, on: [], off: [] };
  const values = valuesOf(all);
  const sign = signOf(about);
  const base = about.ambient.shown ?? about.ambient.read;
  const newest = values.at(-1);
  if (about.stage === 'recovery') {
    const reached = Math.max(...known.on.map(({ value }) => value), base);
    const recovered = newest !== undefined && newest.value <= Math.max(base + 0.1 * (reached - base), sign);
    return { ...known, off: values, recovered };
  }
  const arrived = known.arrived || (newest !== undefined && newest.value >= sign);
  const last = values.filter(({ atMs }) => newest !== undefined && atMs > newest.atMs - about.t90Ms);
  const rise = Math.max(...last.map(({ value }) => value)) - Math.min(...last.map(({ value }) => value));
  const long = (newest?.atMs ?? 0) - (values[0]?.atMs ?? 0) >= 2 * about.t90Ms;
  const atRest = arrived && long && newest !== undefined && rise <= 0.1 * (newest.value - base);
  return { ...known, arrived, atRest, on: values };
}

/** Whether the alarm would have been raised: so many values in a row at or above its threshold. */
export function isTripped({ on }: Exposed, { on: threshold, raiseAfter }: { on: number; raiseAfter: number }): boolean {
  let run = 0;
  for (const { value } of on) {
    run = value >= threshold ? run + 1 : 0;
    if (run >= raiseAfter) return true;
  }
  return false;
}

/**
 * Peak, T90 and T10. When a valve was turned a box does not know: the gas counts from the last value within a twentieth of
 * the rise, and clean air from the last value within a twentieth of the top.
 */
export function answerOf({ on, off }: Exposed, base: number): Response {
  const peak = on.reduce((most, { value }) => Math.max(most, value), base);
  const rise = peak - base;
  const begins = on.findIndex(({ value }) => value > base + 0.05 * rise);
  const falls = off.findIndex(({ value }) => value < peak - 0.05 * rise);
  const onMs = on[Math.max(0, begins - 1)]?.atMs ?? 0;
  const offMs = off[Math.max(0, falls - 1)]?.atMs ?? null;
  return responseOf({ base, gasOnMs: onMs, gasOffMs: offMs, answers: [...on, ...off] });
}
