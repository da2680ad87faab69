/** What is wrong with a sampling line, from the newest values of its channels. Pure; no time in it. */
import type { SamplingLine } from '../../core/config/sampling.ts';
import type { Flag } from '../../core/values/flags.ts';

export const conditions = [
  'pump-stopped',
  'line-blocked',
  'line-leak',
  'line-wet',
  'filter-due',
  'not-measured',
] as const satisfies readonly Flag[];
export type Condition = (typeof conditions)[number];

/** Newest value of each input; null or absent where it is not known. */
export interface Inputs {
  readonly pump?: number | null;
  readonly flow?: number | null;
  readonly vacuum?: number | null;
  readonly filter?: number | null;
  readonly moisture?: number | null;
}

/** What is known beside the inputs. */
export interface Known {
  /** Hours that the pump has run on this filter. */
  readonly hours: number;
  /** Whether a condition holds already: its limit is then further away by the margin. */
  isOn(condition: Condition): boolean;
}

/**
 * Whether each condition is there now. With no flow nothing is measured: the pump stands, the flow sensor says so, or the
 * line is blocked and no flow sensor says otherwise; and with a leak it is other air than that of the inlet. A line that
 * should draw and neither flows nor builds up a vacuum leaks; without a vacuum sensor it is taken to be blocked.
 */
export function judgeLine(line: SamplingLine, inputs: Inputs, known: Known): Readonly<Record<Condition, boolean>> {
  const { pump, flow, vacuum, filter, moisture } = line;
  const below = (value: number | null | undefined, limit: number | undefined, condition: Condition): boolean =>
    value != null && limit !== undefined && value < limit * (known.isOn(condition) ? 1 + line.margin : 1);
  const above = (value: number | null | undefined, limit: number | undefined, condition: Condition): boolean =>
    value != null && limit !== undefined && value >= limit * (known.isOn(condition) ? 1 - line.margin : 1);

  const stopped = below(inputs.pump, pump?.runsFrom, 'pump-stopped');
  const still = below(inputs.flow, flow?.least, 'not-measured');
  const deep = above(inputs.vacuum, vacuum?.blockedFrom, 'line-blocked');
  const blocked = !stopped && (deep || (still && inputs.vacuum == null));
  const slack = below(inputs.vacuum, vacuum?.leaksBelow, 'line-leak');
  const rush = above(inputs.flow, flow?.most, 'line-leak');
  const leaks = !stopped && !deep && (slack || rush || (still && inputs.vacuum != null));
  return {
    'pump-stopped': stopped,
    'line-blocked': blocked,
    'line-leak': leaks,
    'line-wet': above(inputs.moisture, moisture?.wetFrom, 'line-wet'),
    'filter-due':
      above(inputs.filter, filter?.dueFrom, 'filter-due') ||
      (filter?.hours !== undefined && known.hours >= filter.hours),
    'not-measured': stopped || still || leaks || (blocked && inputs.flow == null),
  };
}
