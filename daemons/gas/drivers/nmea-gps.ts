/** Any GNSS receiver that says GGA (NMEA 0183, IEC 61162-1): where a post is, and how well it knows. */
import { z } from 'zod';
import { fieldNumber, nmeaSentence, type Sentence } from '../../core/codecs/nmea.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import type { Flag } from '../../core/values/flags.ts';
import { textLines } from '../text-line.ts';

/** A sentence is at most 82 characters (5.3.1). */
const longest = 82;
/** GGA, field 6: fixes that were measured. 6 is dead reckoning, 7 typed in by hand, 8 a simulator. */
const measured: ReadonlySet<number> = new Set([1, 2, 3, 4, 5]);

const config = z.strictObject({
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
});
type Config = z.infer<typeof config>;

const channels: readonly Channel[] = [
  { name: 'latitude', unit: 'deg', range: [-90, 90], resolution: 0 },
  { name: 'longitude', unit: 'deg', range: [-180, 180], resolution: 0 },
  { name: 'altitude', unit: 'm', range: [-500, 20_000], resolution: 0.1 },
  { name: 'hdop', unit: '1', range: [0, 100], resolution: 0.1 },
  { name: 'satellites', unit: '1', range: [0, 99], resolution: 1 },
];

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
    degrees(lat, north, 'N', 'S'),
    degrees(lon, east, 'E', 'W'),
    altitudeUnit === 'M' ? fieldNumber(altitude) : null,
    hdop,
    fieldNumber(satellites),
  ];
  return channels.map(({ name, range: [low, high] }, i) => {
    const value = values[i] ?? null;
    const position = i < 3;
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
  open: async (port, options, clock) => {
    const lines = textLines({ ...options, clock, longest });
    return {
      channels,
      read: () => port.transact((line) => lines.newest(line, (text) => decode(nmeaSentence(text), options))),
    };
  },
};
