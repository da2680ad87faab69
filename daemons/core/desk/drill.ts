/** Exercises. What is of one says so in its id, its kind, its rule, its site and its flags, and ends by itself. */
import * as z from 'zod';
import type { Alert } from '../values/alert.ts';
import type { Where } from '../values/detection.ts';
import type { Stamp } from '../values/stamp.ts';

export const drillMs = 4 * 3_600_000;

const shape = z.object({ id: z.string(), text: z.string(), by: z.string(), startedMs: z.number(), endsMs: z.number() });
/** An exercise that runs. */
export type Drill = Readonly<z.infer<typeof shape>>;
/** As it was kept; null: none runs. */
export const drillIn = (value: unknown): Drill | null => shape.safeParse(value).data ?? null;

/** No site and no box has this name in a drill: nobody is sent to a real one. */
export const drillSite = 'drill';

export interface Scene {
  readonly kind: string;
  readonly severity: Alert['severity'];
  readonly where: Where | null;
}

/** An alert as no box would raise it. */
export function drillAlert({ id, text, endsMs }: Drill, { kind, severity, where }: Scene, n: number, at: Stamp): Alert {
  return {
    id: `${id}-${n}`,
    rev: 1,
    kind: `drill.${kind}`,
    family: 'evidence',
    severity,
    condition: 'raised',
    certainty: 'indication',
    at,
    since: at,
    because: { rule: `DRILL: ${text}`, score: 0, peak: 0, threshold: 0, model: null, evidence: [] },
    where,
    expiresMs: endsMs,
    flags: ['simulated'],
  };
}
