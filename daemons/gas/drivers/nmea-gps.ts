/** Any GNSS receiver that says GGA (NMEA 0183, IEC 61162-1): where a post is, and how well it knows. */
import * as z from 'zod';
import { fieldNumber, nmeaSentence, type Sentence } from '../../core/codecs/nmea.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import type { Flag } from '../../core/values/flags.ts';
import { speaksLines } from '../text-line.ts';

/** A sentence is at most 82 characters (5.3.1). */
const longest = 82;
/** GGA, field 6: fixes that were measured. 6 is dead reckoning, 7 typed in by hand, 8 a simulator. */
const measured: ReadonlySet<number> = new Set([1, 2, 3, 4, 5]);

const config = onDemand(() =>
  z.strictObject({
    timeoutMs: z
      .int()
      .min(50)
      .max(60_000)
      .default(2500)
      .describe('milliseconds for a fix; more than the time between two'),
    mostHdop: z
      .number()
      .positive()
      .max(100)
      .default(20)
      .describe('horizontal dilution beyond which a position is flagged'),
  }),
);
type Config = z.infer<typeof config>;

/**
 * A reading keeps six significant digits on its way, which is 100 m of longitude. So an angle is two channels: hundredths
 * of a degree, and what is left in millionths; the place is `coarse + fine / 1e6` degrees, good to a centimetre.
 */
const channels: readonly Channel[] = [
  { name: 'latitude-coarse', unit: 'deg', range: [-90, 90], resolution: 0.01 },
  { name: 'latitude-fine', unit: 'udeg', range: [-5000, 5000], resolution: 0.1 },
  { name: 'longitude-coarse', unit: 'deg', range: [-180, 180], resolution: 0.01 },
  { name: 'longitude-fine', unit: 'udeg', range: [-5000, 5000], resolution: 0.1 },
  { name: 'altitude', unit: 'm', range: [-500, 20_000], resolution: 0.1 },
  { name: 'hdop', unit: '1', range: [0, 100], resolution: 0.1 },
  { name: 'satellites', unit: '1', range: [0, 99], resolution: 1 },
];
/** How many of these are the position. */
const positions = 5;

/** The two channels of an angle in degrees. */
function split(angle: number | null): readonly [number | null, number | null] {
  if (angle === null) return [null, null];
  const coarse = Math.round(angle * 100) / 100;
  return [coarse, Math.round((angle - coarse) * 1e7) / 10];
}

/** Degrees and minutes, (d)ddmm.mmm, with their hemisphere, in degrees. */
function degrees(
  text: string | undefined,
  hemisphere: string | undefined,
  positive: string,
  negative: string,
): number | null {
  const raw = fieldNumber(text);
  if (raw === null || raw < 0 || (hemisphere !== positive && hemisphere !== negative)) return null;
  const whole = Math.floor(raw / 100);
  const minutes = raw - whole * 100;
  if (minutes >= 60) return null;
  return (hemisphere === negative ? -1 : 1) * (whole + minutes / 60);
}

/** The values of a GGA sentence, altitude above mean sea level; null for another sentence. Without a fix there is no position. */
export function decode({ type, fields }: Sentence, { mostHdop }: Config): Sample[] | null {
  if (type !== 'GGA') return null;
  const [, lat, north, lon, east, quality, satellites, dilution, altitude, altitudeUnit] = fields;
  const fix = measured.has(fieldNumber(quality) ?? 0);
  const hdop = fieldNumber(dilution);
  const vague = fix && (hdop === null || hdop > mostHdop);
  const values = [
    ...split(degrees(lat, north, 'N', 'S')),
    ...split(degrees(lon, east, 'E', 'W')),
    altitudeUnit === 'M' ? fieldNumber(altitude) : null,
    hdop,
    fieldNumber(satellites),
  ];
  return channels.map(({ name, range: [low, high] }, i) => {
    const value = values[i] ?? null;
    const position = i < positions;
    if (position && !fix) return { channel: name, value: null, flags: ['no-fix'] };
    if (value === null) return { channel: name, value, flags: ['not-a-number'] };
    const flags: readonly Flag[] = value < low || value > high || (position && vague) ? ['out-of-range'] : [];
    return { channel: name, value, flags };
  });
}

export const nmeaGps: DriverModule<'serial', Config> = {
  part: 'nmea-gps',
  port: 'serial',
  config,
  channels: () => channels,
  open: speaksLines(channels, longest, (text, options) => decode(nmeaSentence(text), options)),
};
