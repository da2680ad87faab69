import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { heightIn, readHgt, spacingOf } from '../../daemons/camera/ground/elevation.ts';
import { isPlaced, locate, lookOf } from '../../daemons/camera/ground/locate.ts';
import { groundFrom } from '../../daemons/camera/ground/tiles.ts';
import { metresTo } from '../../daemons/core/geo/local.ts';
import { camera, lens, scene, still } from '../support/camera-scene.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-dem-'));
test.after.always(() => rmSync(root, { recursive: true }));

const side = 1201;
/** A tile of 47 to 48 north, 8 to 9 east; `height` by row and column from the north-west. */
function hgt(height: (row: number, column: number) => number): Buffer {
  const bytes = Buffer.alloc(2 * side * side);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) bytes.writeInt16BE(height(row, column), 2 * (row * side + column));
  return bytes;
}
const folderOf = (name: string, files: Readonly<Record<string, Uint8Array>>): string => {
  const folder = path.join(root, name);
  mkdirSync(folder);
  for (const [file, bytes] of Object.entries(files)) writeFileSync(path.join(folder, file), bytes);
  return folder;
};
const tiles = (folder: string) => groundFrom({ kind: 'tiles', folder, uM: 3 });

test('a tile is read from its north-west corner, and between its points in a straight line', (t) => {
  const tile = readHgt(
    'N47E008.hgt',
    hgt((row, column) => row + 2 * column),
  );
  const at = (row: number, column: number) => heightIn(tile, { lat: 48 - row / 1200, lon: 8 + column / 1200 });
  t.is(at(0, 0), 0);
  t.is(at(1200, 1200), 3600);
  t.true(Math.abs((at(10.25, 20.5) ?? 0) - 51.25) < 1e-3);
  t.is(heightIn(tile, { lat: 48.001, lon: 8.5 }), null);
  t.is(heightIn(tile, { lat: 47.5, lon: 9.001 }), null);
  t.true(Math.abs(spacingOf(tile) - 62.4) < 0.5, `${spacingOf(tile)}`);
});

test('the southern and the western corner have their signs', (t) => {
  const tile = readHgt(
    'dem/s34w071.hgt',
    hgt(() => 100),
  );
  t.is(heightIn(tile, { lat: -33.5, lon: -70.5 }), 100);
});

test('a hole is no height, and neither is what no land has', (t) => {
  const tile = readHgt(
    'N47E008.hgt',
    hgt((row, column) => (row === 600 && column === 600 ? -32768 : row === 300 ? 12000 : 500)),
  );
  t.is(heightIn(tile, { lat: 47.5, lon: 8.5 }), null);
  t.is(heightIn(tile, { lat: 47.75, lon: 8.5 }), null);
  t.is(heightIn(tile, { lat: 47.6, lon: 8.5 }), 500);
});

test('a tile that is cut off or misnamed, and a folder without or with too many, are refused by name', (t) => {
  const good = hgt(() => 1);
  t.throws(() => readHgt('N47E008.hgt', good.subarray(0, 1000)), {
    message: /has 1000 bytes; must have 2884802 or 25934402/,
  });
  t.throws(() => readHgt('alps.hgt', good), { message: /must be like N47E008\.hgt/ });
  t.throws(() => tiles('/nowhere'), { message: /^\/nowhere: cannot be read \(ENOENT\)/ });
  t.throws(() => tiles(folderOf('none', {})), { message: /has 0 elevation tiles/ });
  t.throws(() => tiles(folderOf('void', { 'N47E008.hgt': hgt(() => -32768) })), {
    message: /no tile in it knows a height/,
  });
});

const aslant = { ...camera, mount: { on: 'body', rollDeg: 0, pitchDeg: -45, yawDeg: 0 } } as const;
const from = { lat: 47.5, lon: 8.5 };
const placedOn = (folder: string, over: Parameters<typeof still>[0]) => {
  const look = lookOf(scene({ camera: aslant, ground: tiles(folder), poseAt: still({ ...from, ...over }) }));
  return typeof look === 'string' ? look : locate(look, [lens.cx, lens.cy]);
};

test('on a slope of one in ten the place is nearer than on the level, as the triangle says', (t) => {
  // Rising to the north: 6 m a point of 92.66 m.
  const folder = folderOf('slope', { 'N47E008.hgt': hgt((row) => 500 + (600 - row) * 9) });
  const found = placedOn(folder, { aboveM: 100, yawDeg: 0 });
  if (!isPlaced(found)) return t.fail(found);
  const [north] = metresTo(from, found);
  // Under the camera lies 500 m: 100 = x (1 + s).
  const s = 9 / metresTo({ lat: 47.5, lon: 8.5 }, { lat: 47.5 + 1 / 1200, lon: 8.5 })[0];
  t.true(Math.abs(north - 100 / (1 + s)) < 0.1, `${north} ${100 / (1 + s)}`);
});

test('looking into a hole of the tiles, or over their edge, nothing is placed', (t) => {
  const folder = folderOf('hole', { 'N47E008.hgt': hgt((row) => (row < 600 ? -32768 : 500)) });
  t.is(placedOn(folder, { aboveM: 100, yawDeg: 0 }), 'dem-hole');
  t.true(isPlaced(placedOn(folder, { lat: 47.49, aboveM: 100, yawDeg: 180 })));
  t.is(placedOn(folder, { lat: 47.0003, aboveM: 300, yawDeg: 180 }), 'dem-hole');
  t.is(placedOn(folder, { lat: 46.5, aboveM: 300 }), 'dem-hole');
});

test('a camera under the ground of the tiles is told, and a ridge in the way is where the sight ends', (t) => {
  const flat = folderOf('high', { 'N47E008.hgt': hgt(() => 900) });
  t.is(placedOn(flat, { aboveM: 100 }), 'below-ground');
  // A wall of 560 m one point wide, 3 points north: 278 m away, seen at 5 degrees down from 100 m.
  const ridge = folderOf('ridge', { 'N47E008.hgt': hgt((row) => (row === 597 ? 590 : 500)) });
  const look = lookOf(
    scene({
      camera: { ...camera, mount: { on: 'body', rollDeg: 0, pitchDeg: -5, yawDeg: 0 } },
      ground: tiles(ridge),
      poseAt: still({ ...from, aboveM: 100, uDeg: 0.3 }),
      most: { ageMs: 500, rangeM: 5000, ceM: 1000 },
    }),
  );
  const found = typeof look === 'string' ? look : locate(look, [lens.cx, lens.cy]);
  if (!isPlaced(found)) return t.fail(found);
  t.true(found.rangeM > 185 && found.rangeM < 280, `${found.rangeM}`);
});
