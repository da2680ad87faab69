import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '../../core/ports/fault.ts';

/** One hour of the UCI Air Quality set (De Vito 2008): five metal-oxide readings, climate, and the reference analysers. */
export interface Hour {
  /** Unix ms; the set gives local time without a zone, taken as UTC: only differences matter. */
  readonly atMs: number;
  /** PT08.S1 .. S5; null where the set says -200. */
  readonly mox: readonly (number | null)[];
  readonly temperatureC: number | null;
  readonly relativePercent: number | null;
  /** Reference, mg/m3 for CO and ppb for NOx; null where missing. */
  readonly co: number | null;
  readonly nox: number | null;
}

const columns = {
  mox: ['PT08_S1_CO', 'PT08_S2_NMHC', 'PT08_S3_NOx', 'PT08_S4_NO2', 'PT08_S5_O3'],
  temperature: 'T',
  humidity: 'RH',
  co: 'CO_GT',
  nox: 'NOx_GT',
} as const;

/** Every .csv of `air-quality/` in the data, by name. Errors: Fault `absent` where there is none. */
export function airQualityFiles(data: string): string[] {
  const folder = path.join(data, 'air-quality');
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new Fault('absent', `${folder}: cannot be read; --data names the folder above it`, error);
  }
  const files = names.filter((name) => name.endsWith('.csv')).sort();
  if (files.length === 0)
    throw new Fault('absent', `${folder}: no .csv; a file in the format of AirQualityUCI.csv is needed`);
  return files.map((name) => path.join(folder, name));
}

/**
 * Reads a file in the format of AirQualityUCI.csv, columns found by name: as a table with commas, or as UCI gives it out,
 * with semicolons, decimal commas and names like `PT08.S1(CO)`. Errors: Fault `config` with file and line.
 */
export function readHours(file: string): Hour[] {
  const [head = '', ...lines] = readFileSync(file, 'utf8')
    .replace(/^\ufeff/, '')
    .trim()
    .split(/\r?\n/);
  const separator = head.includes(';') ? ';' : ',';
  const names = head.split(separator).map(plainName);
  const at = (name: string): number => {
    const index = names.indexOf(name);
    if (index < 0) throw new Fault('config', `${file}:1: no column ${name}; found: ${names.join(', ')}`);
    return index;
  };
  const index = {
    date: at('Date'),
    time: at('Time'),
    mox: columns.mox.map(at),
    t: at(columns.temperature),
    rh: at(columns.humidity),
    co: at(columns.co),
    nox: at(columns.nox),
  };
  // UCI's own file ends in rows of separators alone.
  return lines.flatMap((line, i) => {
    if (line.replaceAll(separator, '').trim() === '') return [];
    const cells = line.split(separator);
    const value = (cell: number): number | null => {
      const text = (cells[cell] ?? '').trim();
      const number = Number(separator === ';' ? text.replace(',', '.') : text);
      return text === '' || !Number.isFinite(number) || number === -200 ? null : number;
    };
    return [
      {
        atMs: hourOf(cells[index.date] ?? '', cells[index.time] ?? '', `${file}:${i + 2}`),
        mox: index.mox.map(value),
        temperatureC: value(index.t),
        relativePercent: value(index.rh),
        co: value(index.co),
        nox: value(index.nox),
      },
    ];
  });
}

/** `PT08.S1(CO)` and `PT08_S1_CO` are one column. */
const plainName = (name: string): string =>
  name
    .trim()
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/_$/, '');

/** Unix ms of a day like 10/03/2004 and an hour like 18:00:00 or 18.00.00. Errors: Fault `config`. */
function hourOf(date: string, time: string, where: string): number {
  const [day = 0, month = 0, year = 0] = date.split('/').map(Number);
  const [hour = 0, minute = 0] = time.split(/[:.]/).map(Number);
  const atMs = Date.UTC(year, month - 1, day, hour, minute);
  if (!Number.isFinite(atMs) || year < 1990)
    throw new Fault('config', `${where}: "${date} ${time}" is no date like 10/03/2004 18:00:00`);
  return atMs;
}
