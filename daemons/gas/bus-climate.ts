import * as z from 'zod';
import type { Clock } from '../core/ports/clock.ts';
import { isFault } from '../core/ports/fault.ts';
import type { I2c } from '../core/ports/i2c.ts';
import { sht4x } from './drivers/sht4x.ts';

export interface AirClimate {
  readonly temperatureC: number;
  readonly relativePercent: number;
}

/** For a part that is compensated by an SHT4x beside it. */
export const busClimateShape = z
  .strictObject({ sht4x: z.literal([0x44, 0x45, 0x46]).describe('address of the SHT4x that gives it') })
  .optional()
  .describe('the SHT4x on the same bus that compensates; without one values are flagged uncompensated');

/**
 * Reads the climate each time it is called; null when there is no sensor, or a dead one: that degrades the gas, it does
 * not silence it.
 */
export async function busClimate(
  bus: I2c,
  which: z.infer<typeof busClimateShape>,
  clock: Clock,
): Promise<() => Promise<AirClimate | null>> {
  const air = which ? await sht4x.open(bus, { address: which.sht4x, precision: 'high' }, clock) : null;
  return async () => {
    try {
      const [temperature, humidity] = (await air?.read()) ?? [];
      if (typeof temperature?.value !== 'number' || typeof humidity?.value !== 'number') return null;
      return { temperatureC: temperature.value, relativePercent: humidity.value };
    } catch (error) {
      if (!isFault(error)) throw error;
      return null;
    }
  };
}
