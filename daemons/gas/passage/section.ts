import * as z from 'zod';
import type { Board } from '../../core/config/box.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import { Fault } from '../../core/ports/fault.ts';

const seconds = z.number().positive().max(3600);

/** The `passage` section of a profile's `gas`: a checkpoint. Numbers are for the place: none is built in. */
export const passageSection = onDemand(() =>
  z.strictObject({
    window: z
      .string()
      .describe(
        'a quantity that is 1 while a vehicle stands in the window and 0 else: a loop or a beam, for example by a line of text',
      ),
    value: z.string().describe('the quantity that is judged'),
    unit: z.string().describe('of value, lod and baselineAtMost: must be that of the quantity'),
    exhaust: z
      .strictObject({
        quantity: z.string(),
        from: z.number().describe('from here on the gas may be the one of the engine'),
      })
      .optional()
      .describe('absent: nothing tells exhaust from gas here, and every result says so'),
    lod: z
      .number()
      .positive()
      .describe('above the air before the window, what is an indication: of whole passages, engines and wind included'),
    lodSource: z.string().min(8).max(200).describe('how it was found: when, by how many passages'),
    baselineS: seconds.default(20).describe('of clean air before the window'),
    baselineLeast: z.int().min(1).max(10_000).default(10).describe('values that it must hold'),
    baselineAtMost: z.number().describe('more is no clean air'),
    dwellS: seconds.default(10).describe('a shorter stay is not measured'),
    delayS: z.number().min(0).max(600).describe('from the inlet to the sensor, as measured by a bump at the inlet'),
    purgeS: z.number().min(0).max(3600).default(30).describe('after the window, before the next baseline'),
    longestS: seconds.default(600).describe('a window that is open for longer is a stuck loop'),
  }),
);

export type PassageSection = z.infer<typeof passageSection>;

/** Errors: Fault `config` for a quantity that the board does not have, or another unit. */
export function checkPassage(section: PassageSection | undefined, board: Board, profile: string): void {
  if (!section) return;
  const units = new Map(board.quantities.map(({ quantity, unit }) => [quantity, unit]));
  const { window, value, exhaust, unit } = section;
  const asked: readonly (readonly [string, string | undefined])[] = [
    ['window', window],
    ['value', value],
    ['exhaust.quantity', exhaust?.quantity],
  ];
  const mistakes = asked.flatMap(([where, quantity]) =>
    quantity === undefined || units.has(quantity)
      ? []
      : [`${profile} gas.passage.${where}: "${quantity}" is not on the board; known: ${[...units.keys()].join(', ')}`],
  );
  const is = units.get(value);
  if (is !== undefined && is !== unit)
    mistakes.push(`${profile} gas.passage.unit: is ${unit}; "${value}" is in ${is} on this board`);
  if (mistakes.length > 0) throw new Fault('config', mistakes.join('\n'));
}
