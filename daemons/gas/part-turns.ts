import { turns } from '../core/flow/turns.ts';
import type { I2c } from '../core/ports/i2c.ts';

type Turn = ReturnType<typeof turns>;
const parts = new WeakMap<I2c, Map<number, Turn>>();

/**
 * Runs a measurement of several transactions alone on a part. A bus serves single transactions in turn; but two drivers may
 * use one part (two loops on a converter, a hygrometer that compensates others), and what one reads between the command and
 * the answer of the other would be the other's value.
 */
export function alone<T>(bus: I2c, address: number, work: () => Promise<T>): Promise<T> {
  const onBus = parts.get(bus) ?? new Map<number, Turn>();
  parts.set(bus, onBus);
  const turn = onBus.get(address) ?? turns();
  onBus.set(address, turn);
  return turn(work);
}
