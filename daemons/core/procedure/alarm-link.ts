/** What is said of the crew's alarm on the control link of the gas daemon: see link.ts. */
import * as z from 'zod';
import { onDemand } from '../config/on-demand.ts';

const level = z.enum(['a1', 'a2', 'stel']);
const value = z.number().nullable();

const gas = onDemand(() =>
  z.looseObject({
    quantity: z.string(),
    unit: z.string(),
    limits: z.looseObject({ a1: value, a2: value, stel: value, source: z.string() }),
    value,
    /** Limit of detection; null or absent: not known. */
    lod: value.optional(),
    flags: z.array(z.string()),
    /** Mean of the measured time, null where too little was measured; share of the 15 minutes that was. */
    stel: z.looseObject({ mean: value, share: z.number() }),
    latched: z.array(z.looseObject({ level, sinceMs: z.number() })),
    /** Not to be reset now. */
    over: z.array(level),
    /** Seconds that a mute goes on; null: none. */
    mutedS: value,
    /** Whether a value was heard lately. */
    watched: z.boolean(),
  }),
);

const output = z.enum(['sounder', 'beacon', 'relay']);

export const alarmStatus = onDemand(() =>
  z.object({
    /** Empty: the profile has no crew limits. */
    gases: z.array(gas),
    /** null: the board has no outputs. `seen` is what the lines read. */
    outputs: z
      .looseObject({
        sounder: z.boolean(),
        beacon: z.boolean(),
        relayEnergised: z.boolean(),
        seen: z.partialRecord(output, z.boolean().nullable()),
        faults: z.partialRecord(output, z.string()),
      })
      .nullable(),
  }),
);
export type AlarmStatus = z.infer<typeof alarmStatus>;

/** Longest mute in minutes: then somebody hears it again. */
export const longestMuteMinutes = 15;
