/**
 * What a sampling line says of itself to a technician who checks flow and leaks. What it measures is taken from it; what
 * nothing measures stays a confirmation by hand, and the record says which it was. Pure.
 */
import type { SamplingLine } from '../../core/config/sampling.ts';
import type { SeenLine } from '../../core/procedure/link.ts';
import type { LineCheck, LineChecks } from '../../core/values/calibration.ts';
import { type Condition, conditions, judgeLine } from '../sampling/judge.ts';
import type { SamplingMemory } from '../sampling/sampling.ts';
import { lineWords } from '../sampling/words.ts';

/** A filter that is due is no fault of this day. */
const harmless: ReadonlySet<string> = new Set<Condition>(['filter-due']);

/**
 * The newest values of the line, and every fault that holds or is there at this moment: a technician who looks does not wait
 * until a fault has lasted. `unitOf` gives the unit of a `sensor/channel`.
 */
export function seenLine(line: SamplingLine, memory: SamplingMemory, unitOf: (channel: string) => string): SeenLine {
  const inputs = Object.fromEntries(Object.entries(memory.inputs).map(([what, { value }]) => [what, value]));
  const now = judgeLine(line, inputs, {
    hours: memory.runMs / 3_600_000,
    isOn: (condition) => memory.on.includes(condition),
  });
  const found = conditions.filter((one) => !harmless.has(one) && (now[one] || memory.on.includes(one)));
  const { flow, vacuum } = line;
  return {
    line: line.line,
    flow: flow
      ? { value: inputs.flow ?? null, unit: unitOf(flow.channel), least: flow.least, most: flow.most ?? null }
      : null,
    vacuum: vacuum
      ? {
          value: inputs.vacuum ?? null,
          unit: unitOf(vacuum.channel),
          least: vacuum.leaksBelow ?? null,
          most: vacuum.blockedFrom,
        }
      : null,
    faults: memory.unknown ? [...found, 'line-unknown'] : [...found],
  };
}

type Stage = keyof LineChecks;

/** Whether the line itself tells what is asked: flow by a flow sensor; a leak by its vacuum, or by more flow than there can be. */
const measures = (stage: Stage, { flow, vacuum }: SeenLine): boolean =>
  stage === 'flow' ? flow !== null : (vacuum?.least ?? flow?.most ?? null) !== null;

/** Why the step may not be confirmed; null when it may. */
export function lineRefusal(stage: Stage, seen: SeenLine | null): string | null {
  if (!seen) return null;
  const [fault] = seen.faults;
  if (fault) {
    const [is, todo] = lineWords[fault as Condition | 'line-unknown'];
    return `sampling line ${seen.line}: ${is}; ${todo}, then go on`;
  }
  const value = stage === 'flow' ? seen.flow?.value : (seen.vacuum ?? seen.flow)?.value;
  return measures(stage, seen) && value == null
    ? `sampling line ${seen.line}: what measures its ${stage === 'flow' ? 'flow' : 'leaks'} gives no value`
    : null;
}

/** What the record says of the step that was confirmed. */
export function checkOf(stage: Stage, seen: SeenLine | null): LineCheck {
  const one = stage === 'flow' ? seen?.flow : (seen?.vacuum ?? seen?.flow);
  if (!seen || !one || !measures(stage, seen)) return { by: 'hand', value: null, unit: null };
  return { by: 'line', value: one.value, unit: one.unit };
}

const mlMin: Readonly<Record<string, number>> = { 'ml/min': 1, sccm: 1, 'l/min': 1000, slpm: 1000 };

/** Flow in mL/min; null where nothing measures it, or in a unit that is no flow. */
export function flowOf(seen: SeenLine | null): number | null {
  const factor = mlMin[seen?.flow?.unit.toLowerCase() ?? ''];
  return factor === undefined || seen?.flow?.value == null ? null : factor * seen.flow.value;
}
