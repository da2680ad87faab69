import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readReleases } from '../../../daemons/tools/evaluate/plume-data.ts';

/** A data folder with `plume-here/` of these files; gone after the test. */
function folder(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  const data = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-plume-'));
  t.teardown(() => rmSync(data, { recursive: true }));
  mkdirSync(path.join(data, 'plume-here'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(data, 'plume-here', name), text);
  return data;
}

const source = (x: number): object => ({ location: [x, 2, 0.3], emission_kg_s: 0.001 });
const geometry = (sources: object): string =>
  JSON.stringify({ ...sources, sensor: [0, 0, 1.6], reflectors: { reflector_1: [0, 50, 1.6] } });
const gas = 'minute,reflector1\n0,2.0\n1,3.0\n2,\n';
const wind =
  'minute,speed_mps,direction_math_deg_to,tan_gamma_h,tan_gamma_v\n0,3,180,0.3,0.2\n1,2,90,0.3,0.2\n2,2,0,0.3,0.2\n';

test('a direction of travel in mathematical degrees becomes the bearing that the wind comes from', (t) => {
  const files = { 'geometry.json': geometry({ source: source(1) }), 'ch4_source1.csv': gas, 'wind_source1.csv': wind };
  const [release] = readReleases(folder(t, files));
  // Towards -x is from the east; towards +y is from the south; towards +x is from the west.
  t.deepEqual(
    release?.rows.map((row) => row.wind.fromDeg),
    [90, 180, 270],
  );
});

test('ppm become mg/m3, and a missing cell is no look', (t) => {
  const files = { 'geometry.json': geometry({ source: source(1) }), 'ch4_source1.csv': gas, 'wind_source1.csv': wind };
  const rows = readReleases(folder(t, files))[0]?.rows ?? [];
  t.deepEqual(
    rows.map(({ looks }) => looks.map(({ value }) => Math.round(value * 100) / 100)),
    [[1.33], [2], []],
  );
});

test('each of several releases has its own truth', (t) => {
  const files = {
    'geometry.json': geometry({ source: source(1), source_2: source(7) }),
    'ch4_source1.csv': gas,
    'wind_source1.csv': wind,
    'ch4_source2.csv': gas,
    'wind_source2.csv': wind,
  };
  t.deepEqual(
    readReleases(folder(t, files)).map(({ name, truth }) => [name, truth.x]),
    [
      ['source1', 1],
      ['source2', 7],
    ],
  );
});

test('a release without a truth of its own is named', (t) => {
  const files = {
    'geometry.json': geometry({ source: source(1) }),
    'ch4_source1.csv': gas,
    'wind_source1.csv': wind,
    'ch4_source2.csv': gas,
    'wind_source2.csv': wind,
  };
  t.throws(() => readReleases(folder(t, files)), { message: /geometry\.json: no "source_2" for ch4_source2\.csv/ });
});

test('a folder without releases is said to have none', (t) => {
  t.throws(() => readReleases(folder(t, {})), { message: /no plume-\*\/ch4_\*\.csv/ });
});
