/** What is remembered of locating, as plain JSON and back. */
import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Alert } from '../../core/values/alert.ts';
import { freshLocating, type LocatingState } from './locating.ts';

const n = z.number();
const row = onDemand(() =>
  z.object({
    k: n,
    wind: z.object({ speedMs: n, fromDeg: n, tanH: n, tanV: n }).nullable(),
    windOf: z.string().nullable(),
    turns: z.boolean(),
    place: z.object({ lat: n, lon: n, aboveM: n.nullable() }).nullable(),
    values: z.record(z.string(), z.tuple([n, z.string()])),
  }),
);
const open = onDemand(() =>
  z.object({
    k: n,
    winds: z.record(z.string(), z.tuple([n, n, n, n, n, n, n])),
    means: z.record(z.string(), z.tuple([n, n, z.string()])),
    place: z.tuple([n, n, n, n, n], n).nullable(),
  }),
);
export const frozenGathered = onDemand(() =>
  z.object({
    boot: z.string().nullable(),
    newestNs: n,
    open: z.array(open),
    speed: z.object({ sensor: z.string(), ns: n, value: n }).nullable(),
    corner: z
      .object({ ns: n, lat: n.optional(), lon: n.optional(), above: n.optional(), north: n.optional() })
      .nullable(),
    rows: z.array(row),
  }),
);
export const frozenLocating = onDemand(() =>
  z.object({
    gathered: frozenGathered,
    episodes: z.record(
      z.string(),
      z.object({ fromK: n, raisedK: n.nullable(), anew: z.boolean(), clearedNs: n.nullable() }),
    ),
  }),
);
export type FrozenLocating = z.infer<typeof frozenLocating>;

/** Null where nothing was gathered. */
export const freezeLocating = ({ gathered, episodes }: LocatingState): FrozenLocating | null =>
  gathered.boot === null ? null : (JSON.parse(JSON.stringify({ gathered, episodes })) as FrozenLocating);

export const thawLocating = (frozen: FrozenLocating | undefined): LocatingState =>
  frozen ? { ...freshLocating(), ...(frozen as Omit<LocatingState, 'made'>) } : freshLocating();

/**
 * What is committed with these alerts, so that a restart goes on where the last word was; nothing without one: rows of
 * hours at every envelope would wear out a card.
 */
export function keptLocating(state: LocatingState, alerts: readonly Alert[]): { readonly plume?: FrozenLocating } {
  if (!alerts.some(({ plume }) => plume?.gas)) return {};
  const frozen = freezeLocating(state);
  return frozen ? { plume: frozen } : {};
}
