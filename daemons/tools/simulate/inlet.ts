/** A calibration gas at the inlet of a simulated instrument, in the place of the air around it. */
import * as z from 'zod';
import type { Air } from './world.ts';

/** Concentrations in ppm; isobutylene is what a photo-ionisation detector is calibrated with, in its own unit. */
export const inlet = z.partialRecord(
  z.enum(['ammonia', 'acetone', 'toluene', 'ethanol', 'exhaust', 'isobutylene']),
  z.number().min(0).max(100_000),
);
export type Inlet = z.infer<typeof inlet>;

/** What an instrument is told on its stdin: what is at its inlet, or the Unix ms at which the scene begins that it waits for. */
export const toldLine = z.union([
  z.strictObject({ inlet: inlet.nullable() }),
  z.strictObject({ beginsMs: z.number() }),
]);

/** ppm of acetone that give a simulated lamp the signal of one ppm of isobutylene: see `pidAnswer` in instrument.ts. */
const acetonePerIsobutylene = 1.1;

/** The air as an instrument gets it through a cap: dry, and nothing in it but what the cylinder holds. */
export const throughInlet = (air: Air, { isobutylene = 0, ...gases }: Inlet): Air => ({
  ...air,
  relativePercent: 0,
  ppm: {
    ammonia: gases.ammonia ?? 0,
    acetone: (gases.acetone ?? 0) + acetonePerIsobutylene * isobutylene,
    toluene: gases.toluene ?? 0,
    ethanol: gases.ethanol ?? 0,
    exhaust: gases.exhaust ?? 0,
  },
});
