import * as z from 'zod';
import { onDemand } from './on-demand.ts';

/** A line of a GPIO chip, as it is named on the board: never by chip number, which moves with the order of probing. */
export const gpioAddress = onDemand(() =>
  z.union([
    z.strictObject({ name: z.string().min(1).max(64).describe("the line's own name, as gpioinfo shows it") }),
    z.strictObject({
      chip: z.string().min(1).max(64).describe("the chip's label, as gpiodetect shows it in brackets"),
      offset: z.int().min(0).max(1023),
    }),
  ]),
);

const output = (what: string) =>
  z
    .strictObject({
      line: gpioAddress,
      activeLow: z.boolean().default(false).describe('true where the driver stage turns the level round'),
    })
    .optional()
    .describe(what);

/** The local alarm of a board: outputs that need no broker, no uplink and no disk. */
export const alarmSection = z
  .strictObject({
    sounder: output('heard while an alarm is latched and not muted'),
    beacon: output('lit while an alarm is latched, and while the crew is not watched'),
    relay: output(
      'energised while all is well: a cut wire or a dead box lets it fall. The board must pull the line to fallen when nobody drives it',
    ),
  })
  .refine(({ sounder, beacon, relay }) => sounder || beacon || relay, { error: 'must have sounder, beacon or relay' });

export type AlarmSection = z.infer<typeof alarmSection>;
