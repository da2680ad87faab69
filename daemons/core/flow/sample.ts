import type { Driver, Sample } from '../driver.ts';
import type { Clock } from '../ports/clock.ts';
import { type Fault, isFault } from '../ports/fault.ts';
import type { Flag } from '../values/flags.ts';
import type { Reading } from '../values/reading.ts';
import { type Pace, pace } from './pace.ts';
import type { Line } from './scan.ts';

export interface Sampling {
  readonly sensor: string;
  readonly driver: Driver;
  readonly periodMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Shared by sensors that are looked at together; absent: a pace of its own. */
  readonly pace?: Pace;
  /** Flags that every reading of this sensor carries, for example `simulated`. */
  readonly always: readonly Flag[];
  /** Called when the sensor begins to fail, with the fault, and when it works again, with null. */
  readonly onChange: (fault: Fault | null) => void;
}

/**
 * Looks at one sensor at a fixed period and never ends by itself. A Fault becomes a gap on every channel, flagged with
 * its kind. The period is kept against the monotonic clock; looks that were missed are not made up for. A look that still waits for
 * its instrument when the signal comes is not waited for: what was read before it must be kept before systemd's patience ends.
 */
export async function* sample(options: Sampling): Line<Reading> {
  const { sensor, driver, clock, signal, always, onChange } = options;
  const beats = options.pace ?? pace(clock, signal);
  const periodNs = options.periodMs * 1e6;
  const units = new Map(driver.channels.map(({ name, unit }) => [name, unit]));
  let failing = false;
  let beat = beats.first();
  while (!signal.aborted) {
    const { at } = beat;
    const looked = await unlessStopped(look(driver), signal);
    if (looked === null) return;
    const { samples, fault } = looked;
    if ((fault !== null) !== failing) {
      failing = fault !== null;
      onChange(fault);
    }
    yield samples.map(({ channel, value, flags }) => ({
      sensor,
      channel,
      at,
      value,
      unit: units.get(channel) ?? '',
      flags: always.length === 0 ? flags : [...flags, ...always],
    }));
    beat = await beats.next(beat.dueNs, periodNs);
  }
}

/** What `work` gives, or null once the signal comes. Not by Promise.race: a promise that lives as long as the daemon would remember every look. */
function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(null);
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

async function look(driver: Driver): Promise<{ samples: readonly Sample[]; fault: Fault | null }> {
  try {
    return { samples: await driver.read(), fault: null };
  } catch (error) {
    if (!isFault(error)) throw error;
    const flags: readonly Flag[] = [error.kind === 'config' ? 'refused' : error.kind];
    return { samples: driver.channels.map(({ name }) => ({ channel: name, value: null, flags })), fault: error };
  }
}
