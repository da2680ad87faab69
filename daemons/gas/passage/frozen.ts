/** Passages as plain JSON, as the spool and a `line-state` event hold them. */
import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';
import { freshPassageLine, type PassageLineState } from './passage-line.ts';

const value = z.number().nullable();

/** The order of the fields is that in which they are written: a replay compares the texts. */
export const frozenPassage = onDemand(() =>
  z.object({
    boot: z.string().nullable(),
    inside: z.boolean().nullable(),
    exhaust: value,
    passages: z.object({
      count: z.number(),
      clean: z.array(z.tuple([z.number(), z.number()])),
      purgedS: z.number(),
      blind: z.enum(['loop stuck', 'loop chatters', 'loop lost']).nullable().default(null),
      open: z
        .object({
          openedS: z.number(),
          closedS: value,
          baseline: value,
          why: z.string().nullable(),
          highest: value,
          exhaust: z.number(),
        })
        .nullable(),
    }),
  }),
);

/** The state that was kept; a fresh one where there was none. */
export const thawPassage = (frozen: unknown): PassageLineState =>
  (frozenPassage.safeParse(frozen).data as PassageLineState | undefined) ?? freshPassageLine;
