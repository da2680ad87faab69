/** Anemometers: Gill WindSonic in its polar format (1405-PS-0019, 9.1), and any that says MWV (NMEA 0183, IEC 61162-1). */
import * as z from 'zod';
import { fieldNumber, gillFields, nmeaSentence } from '../../core/codecs/nmea.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import type { Flag } from '../../core/values/flags.ts';
import { speaksLines } from '../text-line.ts';

const longest = 82;
/** In m/s. Gill: M, N, P, K, F; NMEA: K, M, N and S for miles an hour. */
const metresPerSecond: Readonly<Record<string, number>> = {
  M: 1,
  N: 1852 / 3600,
  P: 0.44704,
  S: 0.44704,
  K: 1 / 3.6,
  F: 0.3048 / 60,
};
/** Gill 11.5: 00 is good, and so is 0A of a heated one; every other code is a failed axis or memory. NMEA: A is good. */
const good: ReadonlySet<string> = new Set(['00', '0A', 'A']);

const config = onDemand(() =>
  z.strictObject({
    protocol: z.enum(['gill-polar', 'nmea-mwv']),
    reference: z
      .enum(['R', 'T'])
      .default('R')
      .describe('MWV only: R relative to the instrument, T corrected for its own motion; the other is passed over'),
    northDeg: z
      .number()
      .min(-360)
      .max(360)
      .default(0)
      .describe("bearing of the instrument's north mark, degrees clockwise from true north"),
    timeoutMs: z
      .int()
      .min(50)
      .max(60_000)
      .default(2500)
      .describe('milliseconds for a line; more than the time between two'),
  }),
);
type Config = z.infer<typeof config>;

const channels: readonly Channel[] = [
  { name: 'wind-speed', unit: 'm/s', range: [0, 75], resolution: 0.01 },
  { name: 'wind-from', unit: 'deg', range: [0, 360], resolution: 1 },
];

interface Wind {
  readonly direction: string | undefined;
  readonly speed: string | undefined;
  readonly unit: string | undefined;
  readonly status: string | undefined;
}

/** null for a sentence of another kind. */
function windOf(line: string, { protocol, reference }: Config): Wind | null {
  if (protocol === 'gill-polar') {
    const [, direction, speed, unit, status] = gillFields(line);
    return { direction, speed, unit, status };
  }
  const { type, fields } = nmeaSentence(line);
  const [direction, relative, speed, unit, status] = fields;
  return type === 'MWV' && relative === reference ? { direction, speed, unit, status } : null;
}

const nothing = (flag: Flag): Sample[] => channels.map(({ name }) => ({ channel: name, value: null, flags: [flag] }));

/**
 * One line to speed in m/s and the direction that the wind comes from, degrees clockwise from true north; null for a line
 * of another kind. In a calm an instrument leaves the direction out. Errors: Fault `protocol`, `checksum`.
 */
export function decode(line: string, options: Config): Sample[] | null {
  const wind = windOf(line, options);
  if (wind === null) return null;
  if (!good.has(wind.status ?? '')) return nothing('instrument-fault');
  const scale = metresPerSecond[wind.unit ?? ''];
  const [speed, from] = [fieldNumber(wind.speed), fieldNumber(wind.direction)];
  if (speed === null || scale === undefined) return nothing('not-a-number');
  const value = speed * scale;
  const bearing = from === null || from < 0 || from > 360 ? null : (((from + options.northDeg) % 360) + 360) % 360;
  return [
    { channel: 'wind-speed', value, flags: value < 0 || value > 75 ? ['out-of-range'] : [] },
    { channel: 'wind-from', value: bearing, flags: bearing === null ? ['not-a-number'] : [] },
  ];
}

export const wind: DriverModule<'serial', Config> = {
  part: 'wind',
  port: 'serial',
  config,
  channels: () => channels,
  open: speaksLines(channels, longest, decode),
};
