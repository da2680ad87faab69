import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { heightIn } from '../../daemons/camera/ground/elevation.ts';
import { readGeoTiff } from '../../daemons/camera/ground/geotiff.ts';
import { groundFrom } from '../../daemons/camera/ground/tiles.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { geotiffs } from '../support/geotiffs.ts';

const bytesOf = (name: keyof typeof geotiffs): Uint8Array => new Uint8Array(Buffer.from(geotiffs[name], 'base64'));

for (const name of ['float', 'int', 'big', 'point'] as const)
  test(`a field that GDAL wrote is read point by point: ${name}`, (t) => {
    const tile = readGeoTiff('dem.tif', bytesOf(name));
    t.like(tile, { north: 47.175, west: 8.005, columns: 20, rows: 18 });
    for (let row = 0; row < 18; row++)
      for (let column = 0; column < 20; column++) {
        const wanted = row === 5 && column === 7 ? Number.NaN : 500 + 10 * row + column;
        t.is(tile.heights[row * 20 + column], wanted, `${row} ${column}`);
      }
    t.true(Math.abs((heightIn(tile, { lat: 47.1, lon: 8.1 }) ?? 0) - 584.5) < 1e-3);
    t.is(heightIn(tile, { lat: 47.122, lon: 8.078 }), null);
  });

test('what is not of the subset is refused with what makes it one', (t) => {
  t.throws(() => readGeoTiff('dem.tif', bytesOf('lzw')), {
    message:
      'dem.tif: is compressed by method 5; gdal_translate -ot Float32 -co COMPRESS=DEFLATE makes one that is read',
  });
  t.throws(() => readGeoTiff('dem.tif', new Uint8Array(100)), {
    message: /does not begin as one; must be a GeoTIFF file/,
  });
  t.throws(() => readGeoTiff('dem.tif', bytesOf('big').subarray(0, 700)), { message: /beyond its end|cut off/ });
});

test('a damaged file is heights or a Fault that names it, never anything else', (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom('float' as const, 'int' as const, 'big' as const),
      fc.array(fc.tuple(fc.nat(1100), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      (name, changes) => {
        const bytes = bytesOf(name);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        try {
          const { heights } = readGeoTiff('dem.tif', bytes);
          t.true(heights.every((one) => Number.isNaN(one) || (one >= -500 && one <= 9000)));
        } catch (error) {
          if (!isFault(error)) throw error;
          t.regex(error.message, /^dem\.tif: /);
        }
      },
    ),
    { numRuns: 400 },
  );
});

test('a folder may hold both kinds', (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-tif-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'valley.tif'), bytesOf('float'));
  const ground = groundFrom({ kind: 'tiles', folder, uM: 3 });
  if (ground.kind !== 'tiles') return t.fail();
  t.is(ground.heightAt({ lat: 47.165, lon: 8.015 })?.toFixed(3), '511.000');
  t.is(ground.highestM, 689);
});
