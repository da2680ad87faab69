/** A sortie as it is kept over a restart. What cannot be read is no sortie: nothing is captured then, and nothing counts as erased. */
import * as z from 'zod';
import type { Sortie } from './state.ts';

const finite = z.number();
const text = z.string().max(256);
const lacks = z.array(z.string()).max(100);

const shape: z.ZodType<Sortie> = z.object({
  id: text,
  phase: z.enum(['pre-flight', 'flying', 'landed', 'checked', 'offloading']),
  reference: text,
  area: z
    .array(z.object({ lat: finite, lon: finite }))
    .min(3)
    .max(100),
  by: text,
  openedMs: finite,
  before: z.object({
    zeros: z.array(z.object({ part: text, record: text, shown: finite, ageH: finite })),
    bumpAgeH: finite.nullable(),
    flowMlMin: finite.nullable(),
    clockMs: finite.nullable(),
    lacks,
  }),
  flights: z.array(z.object({ upMs: finite, downMs: finite.nullable() })),
  after: z
    .object({
      shifts: z.array(
        z.object({
          ...{ part: text, record: text, since: text, unit: text },
          ...{ before: finite, after: finite, most: finite, isBeyond: z.boolean() },
        }),
      ),
      lacks,
    })
    .nullable(),
  purgedBy: text.nullable(),
  closed: z.object({ wallMs: finite, monoNs: finite, boot: text }).nullable(),
});

export const keptSortie = (value: unknown): Sortie | null => shape.safeParse(value).data ?? null;
