import type { Driver } from '../driver.ts';
import type { Clock } from '../ports/clock.ts';
import { type Fault, isFault } from '../ports/fault.ts';
import type { Flag } from '../values/flags.ts';
import type { Reading } from '../values/reading.ts';
import type { Line } from './scan.ts';

export interface Sampling {
  readonly sensor: string;
  readonly driver: Driver;
  readonly periodMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Flags that every reading of this sensor carries, for example `simulated`. */
  readonly always: readonly Flag[];
  /** Called when the sensor begins to fail, with the fault, and when it works again, with null. */
  readonly onChange: (fault: Fault | null) => void;
}

/**
 * Looks at one sensor at a fixed period and never ends by itself. A Fault becomes a gap on every channel, flagged with
 * its kind. The period is kept against the monotonic clock; looks that were missed are not made up for.
 */
export async function* sample(options: Sampling): Line<Reading> {
  const { sensor, driver, periodMs, clock, signal, always, onChange } = options;
  const units = new Map(driver.channels.map(({ name, unit }) => [name, unit]));
  let failing = false;
  let due = clock.now().monoNs;
  while (!signal.aborted) {
    const at = clock.now();
    const { batch, fault } = await look();
    if ((fault !== null) !== failing) {
      failing = fault !== null;
      onChange(fault);
    }
    yield batch.map((one) => ({
      sensor,
      at,
      ...one,
      flags: always.length === 0 ? one.flags : [...one.flags, ...always],
    }));
    due += periodMs * 1e6;
    const late = clock.now().monoNs - due;
    if (late > 0) due += Math.ceil(late / (periodMs * 1e6)) * periodMs * 1e6;
    await clock.sleep((due - clock.now().monoNs) / 1e6, `sample ${sensor}`, signal);
  }

  async function look(): Promise<{ batch: Omit<Reading, 'sensor' | 'at'>[]; fault: Fault | null }> {
    try {
      const samples = await driver.read();
      return {
        batch: samples.map(({ channel, value, flags }) => ({ channel, value, unit: units.get(channel) ?? '', flags })),
        fault: null,
      };
    } catch (error) {
      if (!isFault(error)) throw error;
      const flags: readonly Flag[] = [error.kind === 'config' ? 'refused' : error.kind];
      return {
        batch: driver.channels.map(({ name, unit }) => ({ channel: name, value: null, unit, flags })),
        fault: error,
      };
    }
  }
}
