import { isFault } from '../core/ports/fault.ts';
import type { Gpio } from '../core/ports/gpio.ts';

/** Lines that cannot be had are at fault one by one, told and tried like any other: the post measures and alerts all the same. */
export function orAtFault(gpio: () => Gpio): Gpio {
  try {
    return gpio();
  } catch (error) {
    if (!isFault(error)) throw error;
    return { input: () => Promise.reject(error), output: () => Promise.reject(error), close: async () => {} };
  }
}
