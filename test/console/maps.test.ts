import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { findMaps } from '../../daemons/console/maps.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { openConsole } from '../support/console.ts';
import { pmtilesFile, solidPng, squareTile } from '../support/pmtiles.ts';
import { memoryRecords } from '../support/records.memory.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-maps-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const raster = pmtilesFile({
  tiles: [{ z: 0, x: 0, y: 0, bytes: solidPng(4, [10, 200, 10]) }],
  tileType: 2,
  zooms: [0, 0],
  bounds: [60, 40, 80, 55],
  metadata: { name: 'Steppe', attribution: 'made for a test' },
});
const vector = pmtilesFile({
  tiles: [{ z: 0, x: 0, y: 0, bytes: squareTile('water') }],
  tileType: 1,
  zooms: [0, 0],
  bounds: [-180, -85, 180, 85],
  metadata: { vector_layers: [{ id: 'water' }] },
});

const put = (name: string, bytes: Buffer): string => {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

test('a raster map is told with its name, zooms, bounds and credit', async (t) => {
  const [found] = await findMaps(put('raster.pmtiles', raster));
  t.deepEqual(found?.map, {
    name: 'Steppe',
    url: '/maps/0.pmtiles',
    kind: 'raster',
    minZoom: 0,
    maxZoom: 0,
    bounds: [60, 40, 80, 55],
    attribution: 'made for a test',
    layers: [],
  });
});

test('a vector map is told with its layers, and named by its file when it has no name', async (t) => {
  const [found] = await findMaps(put('vector.pmtiles', vector));
  t.is(found?.map.kind, 'vector');
  t.is(found?.map.name, 'vector');
  t.deepEqual(found?.map.layers, ['water']);
});

test('a folder gives every map in it, in the order of their names', async (t) => {
  const inside = mkdtempSync(path.join(folder, 'many-'));
  for (const name of ['b.pmtiles', 'a.pmtiles', 'notes.txt']) writeFileSync(path.join(inside, name), raster);
  const found = await findMaps(inside);
  t.deepEqual(
    found.map(({ file, map }) => [path.basename(file), map.url]),
    [
      ['a.pmtiles', '/maps/0.pmtiles'],
      ['b.pmtiles', '/maps/1.pmtiles'],
    ],
  );
});

test('a map that is not there is refused by name', async (t) => {
  const missing = path.join(folder, 'nowhere.pmtiles');
  const error = await t.throwsAsync(findMaps(missing));
  t.true(isFault(error) && error.kind === 'config');
  t.regex(error?.message ?? '', /nowhere\.pmtiles: no such file or folder/);
});

test('no damaged map is anything but a Fault that names the file', async (t) => {
  const file = path.join(folder, 'damaged.pmtiles');
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 0, max: raster.length - 1 }).map((length) => raster.subarray(0, length)),
    fc.tuple(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 0, max: 255 })).map(([at, value]) => {
      const changed = Buffer.from(raster);
      changed[at] = value;
      return changed;
    }),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (content) => {
      writeFileSync(file, content);
      await findMaps(file).catch((error: unknown) => {
        if (!isFault(error) || !error.message.includes('damaged.pmtiles')) throw error;
      });
    }),
    { numRuns: 150 },
  );
  t.pass();
});

test('a map is served in ranges, under its number and never its path', async (t) => {
  const maps = await findMaps(put('served.pmtiles', raster));
  const server = await openConsole(memoryRecords(), { maps });
  t.teardown(() => server.stop());
  const listed = (await (await fetch(`${server.url}/api/maps`)).json()) as { maps: { url: string }[] };
  t.notRegex(JSON.stringify(listed), /served|fieldpost-maps/);
  const response = await fetch(server.url + listed.maps[0]?.url, { headers: { range: 'bytes=0-6' } });
  t.is(response.status, 206);
  t.is(response.headers.get('content-range'), `bytes 0-6/${raster.length}`);
  t.is(await response.text(), 'PMTiles');
  const beyond = await fetch(server.url + listed.maps[0]?.url, { headers: { range: `bytes=${raster.length}-` } });
  t.is(beyond.status, 416);
});
