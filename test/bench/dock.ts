/** How much of the dock's machine is walked, and whether any of it breaks an interlock. Beside it: all there is. */
import { step } from '../../daemons/dock/hatch.ts';
import { inputs, walk } from '../dock/interlocks.ts';
import type { Figure } from './figure.ts';

export function dockStates(): Figure {
  const { states, transitions, modes, broken } = walk(step);
  const all = states * inputs.length;
  const percent = (100 * transitions) / all;
  return {
    id: 'dock.states',
    value: percent,
    unit: '%',
    baseline: 100,
    ratio: percent / 100,
    reach: '100 %',
    ok: transitions === all && broken.length === 0 && modes.size === 8,
    note: `${states} reachable states x ${inputs.length} inputs, ${transitions} transitions, ${modes.size} of 8 modes, ${broken.length} interlocks broken`,
  };
}
