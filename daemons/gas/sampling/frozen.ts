/** What is remembered of sampling lines, as plain JSON and back. */
import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';
import type { SamplingLine } from '../../core/config/sampling.ts';
import { conditions } from './judge.ts';
import type { SamplingState } from './sampling.ts';

const ms = z.number();
const on = z.array(z.enum(conditions));
const changed = z.string().nullable();

export const frozenSampling = onDemand(() =>
  z.record(
    z.string(),
    z.object({
      inputs: z.record(z.string(), z.object({ value: z.number().nullable(), seenMs: ms.nullable() })),
      on,
      turnedMs: z.partialRecord(z.enum(conditions), ms),
      unknown: z.boolean(),
      runMs: ms,
      changed,
      pumpMs: ms.nullable(),
    }),
  ),
);
export type FrozenSampling = z.infer<typeof frozenSampling>;

/** Shares its parts with the state: the caller makes a copy. */
export const freezeSampling = (state: SamplingState): FrozenSampling => Object.fromEntries(state);

/** Writes what was frozen into a fresh state of the same board. */
export function thawSampling(frozen: FrozenSampling, fresh: SamplingState): void {
  for (const [name, one] of Object.entries(frozen)) Object.assign(fresh.get(name) ?? {}, one);
}

/** What must outlive a restart, also of the box: faults that hold, and the hours of a filter. */
export const keptSampling = z.record(z.string(), z.object({ on, runMs: ms, changed }));
export type KeptSampling = z.infer<typeof keptSampling>;

export const keepSampling = (state: SamplingState): KeptSampling =>
  Object.fromEntries(
    [...state].map(([name, { on: held, runMs, changed: day }]) => [name, { on: held, runMs, changed: day }]),
  );

/** A filter that was changed since begins at zero. */
export function recallSampling(kept: KeptSampling, fresh: SamplingState, lines: readonly SamplingLine[]): void {
  for (const { line, filter } of lines) {
    const [memory, was] = [fresh.get(line), kept[line]];
    if (!memory || !was) continue;
    memory.on = was.on;
    memory.runMs = (filter?.changed ?? null) === was.changed ? was.runMs : 0;
  }
}
