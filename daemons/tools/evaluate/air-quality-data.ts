import { readFileSync } from 'node:fs';
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

/** Reads a file in the format of AirQualityUCI.csv, columns found by name. Errors: Fault `config` with file and line. */
export function readHours(file: string): Hour[] {
  const [head = '', ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const names = head.split(',').map((name) => name.trim());
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
  return lines.map((line, i) => {
    const cells = line.split(',');
    const value = (cell: number): number | null => {
      const number = Number(cells[cell]);
      return cells[cell] === '' || !Number.isFinite(number) || number === -200 ? null : number;
    };
    const [day = 0, month = 0, year = 0] = (cells[index.date] ?? '').split('/').map(Number);
    const [hour = 0, minute = 0] = (cells[index.time] ?? '').split(':').map(Number);
    const atMs = Date.UTC(year, month - 1, day, hour, minute);
    if (!Number.isFinite(atMs) || year < 1990)
      throw new Fault(
        'config',
        `${file}:${i + 2}: "${cells[index.date]} ${cells[index.time]}" is no date like 10/03/2004 18:00:00`,
      );
    return {
      atMs,
      mox: index.mox.map(value),
      temperatureC: value(index.t),
      relativePercent: value(index.rh),
      co: value(index.co),
      nox: value(index.nox),
    };
  });
}
