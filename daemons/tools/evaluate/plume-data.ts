/** Loads controlled releases in the format of `plume-chilbolton`: path means a minute, the wind, and a geometry with the truth. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { parseValue } from '../../core/config/parse.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { Point, Row } from '../../gas/plume/row.ts';

const place = z.tuple([z.number(), z.number(), z.number()]);
const source = z.looseObject({ location: place, emission_kg_s: z.number().positive() });
/** `source` is of the only release; of several each has `source_2` or `source2`, at the top or within `sources`. */
const geometry = z.looseObject({
  sensor: place,
  reflectors: z.record(z.string(), place),
  sources: z.looseObject({}).optional(),
});

export interface Release {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly sensor: Point;
  readonly reflectors: readonly Point[];
  readonly truth: { readonly x: number; readonly y: number; readonly rateKgS: number };
}

/** mg/m3 of methane in 1 ppm at 20 C and 1013 hPa: 16.04 g/mol / 24.06 l/mol. */
const mgPerPpm = 0.6668;

const pointOf = ([x, y, z_]: readonly [number, number, number]): Point => ({ x, y, z: z_ });

interface Table {
  readonly file: string;
  readonly columns: ReadonlyMap<string, readonly number[]>;
}

function readTable(file: string): Table {
  const [head = '', ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const names = head.split(',').map((name) => name.trim());
  const cells = lines.map((line) => line.split(',').map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell))));
  return { file, columns: new Map(names.map((name, i) => [name, cells.map((row) => row[i] ?? Number.NaN)])) };
}

function column({ file, columns }: Table, name: string): readonly number[] {
  const found = columns.get(name);
  if (!found) throw new Fault('config', `${file}:1: no column ${name}; found: ${[...columns.keys()].join(', ')}`);
  return found;
}

/** Every release of every folder `plume-*` in `data`. Errors: Fault `absent`, `config` with file and place in it. */
export function readReleases(data: string): Release[] {
  const folders = existsSync(data) ? readdirSync(data).filter((name) => name.startsWith('plume-')) : [];
  const releases = folders.toSorted().flatMap((name) => readFolder(path.join(data, name)));
  if (releases.length === 0)
    throw new Fault('absent', `${data}: no plume-*/ch4_*.csv with its wind_*.csv; --data names the folder of the data`);
  return releases;
}

function readFolder(folder: string): Release[] {
  const names = readdirSync(folder).flatMap((file) => /^ch4_(.+)\.csv$/.exec(file)?.[1] ?? []);
  return names.toSorted().map((name) => {
    const file = [`geometry_${name}.json`, 'geometry.json'].map((one) => path.join(folder, one)).find(existsSync);
    if (!file) throw new Fault('absent', `${folder}: no geometry.json beside ch4_${name}.csv`);
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const { sensor, reflectors, sources, ...top } = parseValue(file, value, geometry);
    const rest: Readonly<Record<string, unknown>> = { ...top, ...sources };
    const alone = names.length === 1 || !file.endsWith('geometry.json');
    const number = /\d+$/.exec(name)?.[0] ?? '';
    const of = rest[name] ?? rest[`source_${number}`] ?? rest[`source${number}`] ?? rest.source;
    if (of === undefined || (!alone && of === rest.source && number !== '' && number !== '1'))
      throw new Fault(
        'config',
        `${file}: no "source_${number}" for ch4_${name}.csv; the truth is asked for each release`,
      );
    const { location, emission_kg_s: rateKgS } = parseValue(file, of, source);
    return {
      name,
      rows: rowsOf(folder, name, { sensor, reflectors }),
      sensor: pointOf(sensor),
      reflectors: Object.values(reflectors).map(pointOf),
      truth: { x: location[0], y: location[1], rateKgS },
    };
  });
}

function rowsOf(
  folder: string,
  name: string,
  { sensor, reflectors }: Pick<z.infer<typeof geometry>, 'sensor' | 'reflectors'>,
): Row[] {
  const gas = readTable(path.join(folder, `ch4_${name}.csv`));
  const wind = readTable(path.join(folder, `wind_${name}.csv`));
  const [speed, to, tanH, tanV] = ['speed_mps', 'direction_math_deg_to', 'tan_gamma_h', 'tan_gamma_v'].map((one) =>
    column(wind, one),
  );
  const byMinute = new Map(column(wind, 'minute').map((minute, i) => [minute, i]));
  const paths = Object.entries(reflectors).map(([key, end]) => ({ key, end, ppm: column(gas, key.replace('_', '')) }));
  return column(gas, 'minute').flatMap((minute, i): Row[] => {
    const w = byMinute.get(minute);
    if (w === undefined) return [];
    const [speedMs = Number.NaN, toDeg = Number.NaN, h = Number.NaN, v = Number.NaN] = [speed, to, tanH, tanV].map(
      (one) => one?.[w],
    );
    if (![speedMs, toDeg, h, v].every(Number.isFinite)) return [];
    const looks = paths.flatMap(({ key, end, ppm }) => {
      const value = ppm[i] ?? Number.NaN;
      return Number.isFinite(value)
        ? [{ stream: key, value: value * mgPerPpm, at: pointOf(sensor), to: pointOf(end) }]
        : [];
    });
    // The file gives where the wind goes, anticlockwise from east; an anemometer where it comes from, clockwise from north.
    const fromDeg = (((270 - toDeg) % 360) + 360) % 360;
    return [{ atS: minute * 60, wind: { speedMs, fromDeg, tanH: h, tanV: v }, looks }];
  });
}
