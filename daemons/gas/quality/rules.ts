import type { Board, Sensor } from '../../core/config/box.ts';
import { type QualitySection, qualitySection } from '../../core/config/quality.ts';
import type { Channel } from '../../core/driver.ts';
import { driverOf } from '../drivers.ts';
import { flatline } from './flatline.ts';
import { hotCold } from './hot-cold.ts';
import type { Judge } from './judge.ts';
import { fastest, rate } from './rate.ts';
import { saturated } from './saturated.ts';
import type { SensorRules } from './sensor.ts';
import { spike } from './spike.ts';
import { stuck } from './stuck.ts';

export interface Rules extends SensorRules {
  readonly channels: ReadonlyMap<string, readonly Judge[]>;
}

/** A converter's own codes: their last digit is never quiet, so identical values and a flat line mean something. */
const restless: ReadonlySet<string> = new Set(['mV', 'tick', 'ohm']);
/** Angles come round, counts jump, and 100 % of humidity is fog: their ends and jumps are the world's, not a fault's. */
const unbounded: ReadonlySet<string> = new Set(['deg', 'udeg', '1', '%']);
function filled<K extends 'saturated' | 'flatline' | 'spike' | 'crc'>(
  key: K,
): Exclude<QualitySection[K], false | undefined> {
  return qualitySection.parse({ [key]: {} })[key] as Exclude<QualitySection[K], false | undefined>;
}

/** What holds where a board file says nothing: the parser's own defaults. */
const defaults = {
  saturated: filled('saturated'),
  flatline: filled('flatline'),
  spike: filled('spike'),
  crc: filled('crc'),
  stuckAfter: 30,
};
/** The least deviation of a channel without a step of its own, as a share of its span. */
const leastShare = 1e-4;

/** How each sensor of a board is judged, by its id. Errors: Fault `config` for a part that nobody knows. */
export const rulesOf = ({ sensors }: Board): ReadonlyMap<string, Rules> =>
  new Map(
    sensors.map((one) => {
      const { channels } = driverOf(one.part, `sensor ${one.id}`).bind(`sensor ${one.id} options`, one.options);
      const { warmUpS, crc, heater } = one.quality;
      return [
        one.id,
        {
          warmUpMs: warmUpS * 1000,
          crc: crc === false ? null : (crc ?? defaults.crc),
          heater: heater ?? null,
          channels: new Map(channels.map((channel) => [channel.name, judgesOf(one, channel)])),
        },
      ];
    }),
  );

/** Judges of one channel. Flags that a driver gives as well come first: what is kept then tells in which order they came. */
export const judgesOf = (sensor: Sensor, channel: Channel): readonly Judge[] =>
  [
    saturation(sensor, channel),
    sensor.quality.heater?.cycle ? hotCold(sensor.quality.heater.cycle) : null,
    sameness(sensor, channel),
    flatness(sensor, channel),
    spikes(sensor, channel),
    speed(sensor, channel),
  ].filter((one) => one !== null);

function saturation({ quality }: Sensor, { unit, range: [low, high] }: Channel): Judge | null {
  const one = quality.saturated ?? (unbounded.has(unit) ? false : defaults.saturated);
  if (one === false) return null;
  const full = one.fullScale ?? high;
  return saturated(low <= -high ? [-full, full] : [low, full], one);
}

function sameness({ stuckAfter }: Sensor, { unit }: Channel): Judge | null {
  const one = stuckAfter ?? (restless.has(unit) ? defaults.stuckAfter : false);
  return one === false ? null : stuck(one);
}

function flatness({ quality, t90 }: Sensor, { unit, resolution }: Channel): Judge | null {
  const one = quality.flatline ?? (restless.has(unit) ? defaults.flatline : false);
  if (one === false || !t90) return null;
  const step = one.step ?? resolution;
  return step > 0 ? flatline({ spanMs: one.t90s * t90.sensorS * 1000, step }) : null;
}

const leastOf = ({ range: [low, high], resolution }: Channel): number =>
  Math.max(resolution, leastShare * (high - low));

function spikes({ quality }: Sensor, channel: Channel): Judge | null {
  const one = quality.spike ?? (unbounded.has(channel.unit) ? false : defaults.spike);
  return one === false ? null : spike({ ...one, floor: one.floor ?? leastOf(channel) });
}

function speed({ quality, t90 }: Sensor, channel: Channel): Judge | null {
  const one = quality.rate ?? (unbounded.has(channel.unit) ? false : {});
  if (one === false) return null;
  const [low, high] = channel.range;
  const perMs = one.perS === undefined ? t90 && fastest(high - low, t90.sensorS) : one.perS / 1000;
  return perMs === undefined ? null : rate({ perMs, slack: leastOf(channel) });
}
