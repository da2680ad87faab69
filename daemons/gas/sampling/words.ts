import { inputsOf, type SamplingLine } from '../../core/config/sampling.ts';
import type { Said } from '../sensor-event.ts';
import type { Condition, Inputs } from './judge.ts';

/** What is wrong, and what to do about it. */
export const lineWords: Readonly<Record<Condition | 'line-unknown', readonly [is: string, todo: string]>> = {
  'pump-stopped': ['its pump stands still', 'check its power and its plug'],
  'line-blocked': ['it is blocked', 'look for a kink, ice, or a full filter'],
  'line-leak': ['it leaks, or its pump has lost its force', 'look at the fittings and the filter bowl'],
  'line-wet': ['water is in it', 'drain the trap and dry the line before the sensors are damaged'],
  'filter-due': ['its filter is due', 'change it, and write the day into filter.changed of the board file'],
  'not-measured': ['it brings no air of its inlet', 'see what else is said of this line'],
  'line-unknown': ['what watches it does not answer', 'see which of its sensors is failing'],
};

/** The event of a condition that began, or is over. `inputs` are the values by which it was judged. */
export function samplingEvent(
  line: SamplingLine,
  condition: Condition | 'line-unknown',
  on: boolean,
  inputs: Inputs,
): Said {
  const [is, todo] = lineWords[condition];
  const known = Object.entries(inputs).map(([what, value]) => `${what} ${value ?? 'unknown'}`);
  const values = known.length > 0 ? ` (${known.join(', ')})` : '';
  const behind = line.behind.join(', ');
  return {
    type: on ? 'sampling-line-fault' : 'sampling-line-well',
    severity: on ? (condition === 'filter-due' ? 'warning' : 'error') : 'info',
    message: on
      ? `sampling line ${line.line}: ${is}${values}; ${todo}; what ${behind} say is kept and flagged, and nothing found there does not mean that nothing is there`
      : `sampling line ${line.line}: it is over that ${is}${values}`,
    detail: { line: line.line, condition, behind: line.behind, channels: inputsOf(line), inputs },
  };
}
