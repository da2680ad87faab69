/** What is remembered of the grounds of a claim, as plain JSON and back. */
import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';
import { frozenGathered } from '../locating/frozen.ts';
import { freshGrounds, type GroundsState } from './grounds.ts';
import { freshPasses, type PassState } from './passes.ts';

const n = z.number();
const place = { lat: n, lon: n };

/** The order of the fields is that in which they are written: a replay compares the texts. */
export const frozenPasses = onDemand(() =>
  z.object({
    boot: z.string().nullable(),
    track: z.array(z.object({ ns: n, ...place })),
    corner: z.object({ ns: n, lat: n.optional(), lon: n.optional(), north: n.optional() }).nullable(),
    finds: z.record(z.string(), z.array(z.object({ ...place, wallMs: n, leftNs: n.nullable() }))),
    on: z.record(z.string(), n.nullable()),
  }),
);

export const frozenGrounds = z.object({ gathered: frozenGathered, passes: frozenPasses });
export type FrozenGrounds = z.infer<typeof frozenGrounds>;

/** Null where nothing was gathered. */
export const freezeGrounds = (state: GroundsState): FrozenGrounds | null =>
  state.gathered.boot === null ? null : (JSON.parse(JSON.stringify(state)) as FrozenGrounds);

export const thawGrounds = (frozen: FrozenGrounds | undefined): GroundsState =>
  frozen ? (structuredClone(frozen) as GroundsState) : freshGrounds();

/** What outlives a restart: where it was found. Rows gather anew within an hour, and until then it says that they are few. */
export const keptPasses = ({ passes: { finds, on } }: GroundsState): { readonly passes?: unknown } =>
  Object.keys(finds).length === 0 && Object.keys(on).length === 0 ? {} : { passes: { ...freshPasses, finds, on } };

/** Another boot, as a restart may be, counts its own time. */
export function recalledGrounds(kept: unknown): GroundsState {
  const passes = frozenPasses.safeParse(kept).data as PassState | undefined;
  return { ...freshGrounds(), ...(passes ? { passes } : {}) };
}
