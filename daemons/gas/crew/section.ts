import * as z from 'zod';
import type { Board } from '../../core/config/box.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import { Fault } from '../../core/ports/fault.ts';

const level = (what: string) => z.number().positive().optional().describe(what);

/** The limits of one gas. */
const limit = onDemand(() =>
  z
    .strictObject({
      quantity: z.string().describe('a quantity of the board'),
      unit: z.string().describe('of the limits: must be that of the quantity'),
      a1: level('first level: leave, or put on what protects'),
      a2: level('second level: get out'),
      stel: level('time-weighted mean of 15 minutes'),
      stelShare: z
        .number()
        .min(0.5)
        .max(1)
        .default(0.75)
        .describe('of the 15 minutes that must have been measured for STEL to be known: with less an event says so'),
      source: z.string().min(8).max(200).describe('where the limits are from: document, edition and table'),
    })
    .refine((one) => one.a1 !== undefined || one.a2 !== undefined || one.stel !== undefined, {
      error: 'must have a1, a2 or stel',
    })
    .refine((one) => one.a1 === undefined || one.a2 === undefined || one.a1 < one.a2, {
      path: ['a2'],
      error: 'must be above a1',
    }),
);

/** The `safety` section of a profile's `gas`: what protects the crew at the post. */
export const safetySection = onDemand(() =>
  z.strictObject({
    silentS: z
      .number()
      .min(1)
      .max(600)
      .default(30)
      .describe('seconds without a value after which a gas counts as not watched: the relay falls, the beacon is lit'),
    limits: z.array(limit).max(8).default([]),
  }),
).prefault({});

export type SafetySection = z.infer<typeof safetySection>;
export type CrewLimit = SafetySection['limits'][number];

/**
 * What the profile's limits and the board say of each other. Errors: Fault `config`: a limit of a quantity that the board does not
 * have, or in another unit; two for one; outputs of an alarm that nothing would ever set.
 */
export function checkSafety({ limits }: SafetySection, board: Board, { profile, board: boardFile }: SafetyFiles): void {
  const mistakes: string[] = [];
  const units = new Map(board.quantities.map(({ quantity, unit }) => [quantity, unit]));
  const seen = new Set<string>();
  limits.forEach(({ quantity, unit }, i) => {
    const is = units.get(quantity);
    const where = `${profile} gas.safety.limits.${i}`;
    if (is === undefined)
      mistakes.push(`${where}.quantity: "${quantity}" is not on the board; known: ${[...units.keys()].join(', ')}`);
    else if (is !== unit) mistakes.push(`${where}.unit: is ${unit}; "${quantity}" is in ${is} on this board`);
    if (seen.has(quantity))
      mistakes.push(`${where}.quantity: "${quantity}" is there twice; each gas has one set of limits`);
    seen.add(quantity);
  });
  if (board.alarm && limits.length === 0)
    mistakes.push(
      `${profile} gas.safety.limits: is empty, and ${boardFile} has an alarm; its relay would say that all is well where nobody looks`,
    );
  if (mistakes.length > 0) throw new Fault('config', mistakes.join('\n'));
}

interface SafetyFiles {
  readonly profile: string;
  readonly board: string;
}
