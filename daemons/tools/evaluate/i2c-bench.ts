import type { Clock } from '../../core/ports/clock.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { I2c } from '../../core/ports/i2c.ts';
import type { SimulatedPart } from '../simulate/devices/ads1115.ts';

/** A bus of simulated parts in this process: recorded values become register bytes, and the real drivers read them. */
export function benchBus(parts: ReadonlyMap<number, SimulatedPart>, clock: Clock): I2c {
  const at = (address: number): SimulatedPart => {
    const part = parts.get(address);
    if (!part) throw new Fault('nack', `nothing answers at 0x${address.toString(16)}`);
    return part;
  };
  const ms = (): number => clock.now().monoNs / 1e6;
  const nack = (address: number): never => {
    throw new Fault('nack', `0x${address.toString(16)} does not answer`);
  };
  return {
    write: async (address, bytes) => {
      if (!at(address).write(bytes, ms())) nack(address);
    },
    read: async (address, length) => at(address).read(length, ms()) ?? nack(address),
    close: async () => {},
  };
}

/** A clock that moves only when someone sleeps, or when it is set: a year goes by as fast as it can be computed. */
export function benchClock(startMs: number): Clock & { setMs(wallMs: number): void } {
  let wallMs = startMs;
  return {
    now: () => ({
      wallMs,
      monoNs: Math.round((wallMs - startMs) * 1e6),
      boot: 'evaluation',
      synced: true,
      uncertaintyMs: 0,
    }),
    sleep: (ms) => {
      wallMs += Math.max(0, ms);
      return Promise.resolve();
    },
    setMs: (next) => {
      wallMs = Math.max(wallMs, next);
    },
  };
}
