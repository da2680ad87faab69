/** Everything that is read, as one line in order of arrival: the board's sensors, and the box's own feed where it is asked for. */
import type { Sensor } from '../core/config/box.ts';
import type { Running } from '../core/daemon/running.ts';
import type { Driver } from '../core/driver.ts';
import { merge } from '../core/flow/merge.ts';
import { pace } from '../core/flow/pace.ts';
import { sample } from '../core/flow/sample.ts';
import type { Line } from '../core/flow/scan.ts';
import type { Fault } from '../core/ports/fault.ts';
import type { Flag } from '../core/values/flags.ts';
import type { Reading } from '../core/values/reading.ts';
import { feedSensor } from './locating/feed-channels.ts';

export interface Sources {
  readonly sensors: readonly { readonly one: Sensor; readonly driver: Driver }[];
  /** Null where nobody asks what the feed says. */
  readonly feed: Driver | null;
  readonly periodMs: number;
  readonly simulated: boolean;
  readonly onChange: (sensor: Sensor, fault: Fault | null) => void;
}

/** How often the feed's latest values go into the line, ms. */
const feedEveryMs = 1000;

export function readAll({ sensors, feed, periodMs, simulated, onChange }: Sources, ctx: Running): Line<Reading> {
  const always: readonly Flag[] = simulated ? ['simulated'] : [];
  const { clock, signal, log } = ctx;
  const shared = { clock, signal, always, pace: pace(clock, signal) };
  const ofBoard = sensors.map(({ one, driver }) =>
    sample({
      ...shared,
      sensor: one.id,
      driver,
      periodMs: one.periodMs ?? periodMs,
      onChange: (fault) => onChange(one, fault),
    }),
  );
  // A feed that is away is no fault of it: it says nothing.
  const told = feed
    ? [sample({ ...shared, sensor: feedSensor, driver: feed, periodMs: feedEveryMs, onChange: () => {} })]
    : [];
  return merge([...ofBoard, ...told], {
    limit: 10_000,
    onDropped: (batches) => log.warn('readings dropped: the line is slower than the sensors', { batches }),
  });
}
