/** Sensirion SHT4x, temperature and relative humidity, on its wire (datasheet SHT4x, version 6). */
import { words } from './sensirion.ts';

/** Table 8: measuring commands and their longest duration in ms (table 5). */
export const sht4xPrecisions = {
  high: { command: 0xfd, durationMs: 8.3 },
  medium: { command: 0xf6, durationMs: 4.5 },
  low: { command: 0xe0, durationMs: 1.6 },
} as const;

/** Table 8: two words, a number that no other part has. */
export const sht4xSerial = { command: 0x89, durationMs: 1 } as const;

/** 0x44 to 0x46, by the part number. */
export const sht4xAddresses = [0x44, 0x45, 0x46] as const;

export interface Air {
  readonly temperatureC: number;
  readonly humidityPercent: number;
}

/** Six bytes: T = -45 + 175 S/65535 in C, RH = -6 + 125 S/65535 in %, clamped to 0..100 as the datasheet asks (4.6). Errors: as `words`. */
export function sht4xAir(bytes: Uint8Array): Air {
  const [t = 0, rh = 0] = words(bytes, 2);
  return {
    temperatureC: -45 + (175 * t) / 65535,
    humidityPercent: Math.min(100, Math.max(0, -6 + (125 * rh) / 65535)),
  };
}
