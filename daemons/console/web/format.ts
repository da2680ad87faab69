import { locale, say } from './text.ts';

const pad = (value: number): string => String(value).padStart(2, '0');

/** A duration as two units at the most, for example `3 min 05 s`. A negative one (clocks differ) is `now`. */
export function formatAge(ms: number): string {
  const s = Math.floor(ms / 1000);
  if (s < 1) return say('age.now');
  if (s < 60) return say('age.s', { s });
  if (s < 3600) return say('age.m', { m: Math.floor(s / 60), s: pad(s % 60) });
  if (s < 86_400) return say('age.h', { h: Math.floor(s / 3600), m: pad(Math.floor(s / 60) % 60) });
  return say('age.d', { d: Math.floor(s / 86_400), h: Math.floor(s / 3600) % 24 });
}

const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
const day = { day: '2-digit', month: 'short', year: 'numeric' } as const;
const shapes = {
  day,
  time: clock,
  full: { ...day, ...clock, timeZoneName: 'short' },
  utc: { ...clock, timeZone: 'UTC' },
} as const;
/** Making one takes longer than using it a thousand times; there are three a language. */
const made = new Map<string, Intl.DateTimeFormat>();

/** A browser without the words of a language would write `M11` for November: numbers in the order of the country say it as well. */
function dateFormat(shape: keyof typeof shapes): Intl.DateTimeFormat {
  const asked = shapes[shape];
  const own = new Intl.DateTimeFormat(locale(), asked);
  if (!own.formatToParts(0).some(({ type, value }) => type === 'month' && /^M\d/.test(value))) return own;
  return new Intl.DateTimeFormat('ru-RU', 'month' in asked ? { ...asked, month: '2-digit' } : asked);
}

function formatWith(shape: keyof typeof shapes, ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return '?';
  const key = `${locale()} ${shape}`;
  const format = made.get(key) ?? dateFormat(shape);
  made.set(key, format);
  return format.format(ms);
}

/** Hours, minutes, seconds in the zone of the browser. */
export const formatTime = (ms: number): string => formatWith('time', ms);
/** A date alone. */
export const formatDay = (ms: number): string => formatWith('day', ms);
/** Date, time and zone. */
export const formatMoment = (ms: number): string => formatWith('full', ms);
/** Whether the browser's zone is at UTC then: the same is not told twice. */
export const isUtcHere = (ms: number): boolean => new Date(ms).getTimezoneOffset() === 0;
export const formatUtc = (ms: number): string => say('time.utc', { time: formatWith('utc', ms) });

/** A whole number in groups of three digits (SI brochure 5.4.4): 100000 is not read at a glance. Four digits stay together. */
export const formatCount = (n: number): string =>
  Math.abs(n) < 10_000 ? String(n) : String(n).replaceAll(/\B(?=(\d{3})+$)/g, '\u202f');

/** Degrees to five decimals, a metre: what a receiver can be told over the radio. */
export function formatPosition(lat: number, lon: number): string {
  const part = (value: number, plus: string, minus: string): string =>
    `${Math.abs(value).toFixed(5)}° ${value < 0 ? minus : plus}`;
  const [north, south] = [say('compass.north'), say('compass.south')];
  return `${part(lat, north, south)}, ${part(lon, say('compass.east'), say('compass.west'))}`;
}

export const formatMetres = (m: number): string =>
  m >= 1000
    ? `${Number((m / 1000).toPrecision(3))}\u00a0${say('unit.km')}`
    : `${Number(m.toPrecision(3))}\u00a0${say('unit.m')}`;

const units: Readonly<Record<string, string>> = {
  '1': '',
  C: '°C',
  'g/m3': 'g/m³',
  'ug/m3': 'µg/m³',
  'mg/m3': 'mg/m³',
};

/** A value rounded to what its standard uncertainty supports: two digits of `u`; without `u` four digits. */
export function formatValue(value: number, u: number | null, unit: string): string {
  const suffix = units[unit] ?? unit;
  const tail = suffix === '' ? '' : ` ${suffix}`;
  if (u === null || !(u > 0)) return `${Number(value.toPrecision(4))}${tail}`;
  const decimals = Math.min(20, Math.max(0, 1 - Math.floor(Math.log10(u))));
  return `${value.toFixed(decimals)} ± ${u.toFixed(decimals)}${tail}`;
}

/** An amount without its uncertainty, to three digits. */
export const formatAmount = (value: number, unit: string): string =>
  `${Number(value.toPrecision(3))} ${units[unit] ?? unit}`.trimEnd();

export const formatScore = (score: number): string => score.toFixed(2);
