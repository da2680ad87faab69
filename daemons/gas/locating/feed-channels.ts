/**
 * The box's feed as one more sensor of the line, so that wind and pose stand in the telemetry like every other reading and
 * an estimate can be made again from what is on record. What is too old is not given at all.
 */

import type { Channel, Driver, Sample } from '../../core/driver.ts';
import { sinCosDeg } from '../../core/exact/turn.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { FeedValue } from '../../core/ports/feed.ts';
import { degreeM, type Origin } from '../plume/estimate.ts';

/** Also the name that no sensor of a board should bear. */
export const feedSensor = 'feed';

/**
 * Telemetry keeps six digits, which of a latitude would be eleven metres: a position is told as a corner in hundredths of a
 * degree, and metres from there. `pos-east` comes last and completes it.
 */
export const feedChannels: readonly Channel[] = [
  { name: 'wind-speed', unit: 'm/s', range: [0, 100], resolution: 0.01 },
  { name: 'wind-from', unit: 'deg', range: [0, 360], resolution: 1 },
  { name: 'pos-lat', unit: 'deg', range: [-90, 90], resolution: 0.01 },
  { name: 'pos-lon', unit: 'deg', range: [-180, 180], resolution: 0.01 },
  { name: 'pos-above', unit: 'm', range: [-500, 10_000], resolution: 0.01 },
  { name: 'pos-north', unit: 'm', range: [0, 1200], resolution: 0.01 },
  { name: 'pos-east', unit: 'm', range: [0, 1200], resolution: 0.01 },
];

/** Older than this it is not said, in ns: an average of wind over a minute, a position of something that flies. */
const oldest = { wind: 30e9, position: 3e9 } as const;

const sample = (channel: string, value: number | null): Sample => ({ channel, value, flags: [] });

/** What is to be said of these values of the feed at `nowNs`. */
export function samplesOf({ wind, position }: Latest, nowNs: number): readonly Sample[] {
  const samples: Sample[] = [];
  if (wind && nowNs - wind.monoNs <= oldest.wind)
    samples.push(sample('wind-speed', wind.speedMs), sample('wind-from', wind.fromDeg));
  if (!position || nowNs - position.monoNs > oldest.position) return samples;
  const corner = { lat: Math.floor(position.lat * 100) / 100, lon: Math.floor(position.lon * 100) / 100 };
  samples.push(sample('pos-lat', corner.lat), sample('pos-lon', corner.lon));
  if (position.aboveHomeM !== null) samples.push(sample('pos-above', position.aboveHomeM));
  const [, cos] = sinCosDeg(corner.lat);
  return [
    ...samples,
    sample('pos-north', (position.lat - corner.lat) * degreeM),
    sample('pos-east', (position.lon - corner.lon) * degreeM * cos),
  ];
}

/** The place that a corner and metres from it tell. */
export function placeOf(corner: Origin, northM: number, eastM: number): Origin {
  const [, cos] = sinCosDeg(corner.lat);
  return { lat: corner.lat + northM / degreeM, lon: corner.lon + eastM / (degreeM * cos) };
}

type Of<K extends FeedValue['kind']> = Extract<FeedValue, { kind: K }>;
export interface Latest {
  readonly wind: Of<'wind'> | null;
  readonly position: Of<'position'> | null;
}

export interface FeedSensor {
  readonly driver: Driver;
  /** For the one that reads the feed. */
  readonly events: { onValue(value: FeedValue): void; onLost(): void };
}

/** A sensor that says what the feed said last. A feed that is lost is not an error: what it said grows old. */
export function feedSensorOf(clock: Pick<Clock, 'now'>): FeedSensor {
  let latest: Latest = { wind: null, position: null };
  return {
    driver: { channels: feedChannels, read: async () => samplesOf(latest, clock.now().monoNs) },
    events: {
      onValue: (value) => {
        if (value.kind === 'wind') latest = { ...latest, wind: value };
        if (value.kind === 'position') latest = { ...latest, position: value };
      },
      onLost: () => {},
    },
  };
}
