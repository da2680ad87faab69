/** The crew's alarm as plain JSON, as the spool and a `line-state` event hold it. */
import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';
import { stamp } from '../../core/wire/envelope.ts';
import { frozenAlert } from '../frozen-alert.ts';
import type { CrewState } from './crew.ts';

const value = z.number().nullable();
const moment = { boot: z.string(), monoNs: z.number() };

/** The order of the fields is that in which they are written: a replay compares the texts. */
export const frozenCrew = onDemand(() =>
  z.record(
    z.string(),
    z.object({
      safety: z.object({
        latched: z.record(z.string(), stamp),
        over: z.array(z.enum(['a1', 'a2', 'stel'])),
        mute: z.object({ by: z.string(), untilNs: z.number(), boot: z.string() }).nullable(),
        minutes: z.array(z.object({ minute: z.number(), sum: z.number(), seconds: z.number() })),
        last: z.object({ ...moment, value }).nullable(),
        heard: z.object(moment).nullable(),
        stelKnown: z.boolean().nullable(),
      }),
      open: z.record(z.string(), frozenAlert),
      latest: z
        .object({
          sensor: z.string(),
          quantity: z.string(),
          value,
          unit: z.string(),
          u: value,
          calibration: z.string().nullable(),
          flags: z.array(z.string()),
          lod: z.number().optional(),
        })
        .nullable(),
    }),
  ),
);

/** The state that was kept; empty where there was none, or one that no version of this wrote. */
export const thawCrew = (frozen: unknown): CrewState => (frozenCrew.safeParse(frozen).data ?? {}) as CrewState;
