/** What the instruments of a dock and of its drone say, as readings of telemetry: raw, by DJI's own scales, no uncertainty told. */
import type { Flag } from '../core/values/flags.ts';
import type { Reading } from '../core/values/reading.ts';
import type { Stamp } from '../core/values/stamp.ts';
import type { Found } from './read.ts';

type Channels = Readonly<Record<string, readonly [channel: string, unit: string]>>;

const channels: Readonly<Record<'dock' | 'drone', Channels>> = {
  dock: {
    wind_speed: ['wind-speed', 'm/s'],
    // 0 none to 3 heavy: a class, no amount.
    rainfall: ['rain-class', '1'],
    environment_temperature: ['temperature-outside', 'C'],
    temperature: ['temperature-inside', 'C'],
    humidity: ['humidity-inside', '%RH'],
    'drone_charge_state.capacity_percent': ['charge', '%'],
  },
  drone: {
    'battery.capacity_percent': ['charge', '%'],
    height: ['height-ellipsoid', 'm'],
    elevation: ['height-take-off', 'm'],
    wind_speed: ['wind-speed-estimated', 'm/s'],
  },
};

export function readingsIn(
  from: 'dock' | 'drone',
  { values }: Found,
  at: Stamp,
  flags: readonly Flag[],
): readonly Reading[] {
  return Object.entries(channels[from]).flatMap(([path, [channel, unit]]) => {
    const value = values[path];
    return typeof value === 'number' ? [{ sensor: `dji-${from}`, channel, at, value, unit, flags }] : [];
  });
}
