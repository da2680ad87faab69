import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { around, finestM, shrunk } from '../../daemons/camera/evidence/crop.ts';
import { withExif } from '../../daemons/camera/evidence/exif.ts';
import { evidencePicture } from '../../daemons/camera/evidence/picture.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import type { Picture } from '../../daemons/core/values/frame.ts';
import { needs } from '../support/needs.ts';

const pictures = await openPictures();
const noisy = (width: number, height: number): Picture => {
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < rgb.length; i++) rgb[i] = (Math.imul(i, 2654435761) >>> 13) & 255;
  return { width, height, rgb };
};

test('a picture is cut to what was found with a quarter around it, and never leaves its own edges', (t) => {
  t.deepEqual(around({ x0: 100, y0: 100, x1: 140, y1: 120 }, { width: 400, height: 300 }), {
    x0: 90,
    y0: 95,
    x1: 150,
    y1: 125,
  });
  t.deepEqual(around({ x0: 0, y0: 290, x1: 40, y1: 300 }, { width: 400, height: 300 }), {
    x0: 0,
    y0: 287,
    x1: 50,
    y1: 300,
  });
});

test('no pixel of a crop covers less than 5 cm, whatever the picture and the height', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 300 }),
      fc.double({ min: 0.0005, max: 2, noNaN: true }),
      fc.integer({ min: 32, max: 512 }),
      (width, height, metresPerPixel, mostSide) => {
        const small = shrunk(
          noisy(width, height),
          { x0: 0, y0: 0, x1: width, y1: height },
          { metresPerPixel, mostSide },
        );
        if (!small)
          return void t.true(
            Math.min(width, height) * metresPerPixel < finestM ||
              Math.max(width, height) / Math.min(width, height) > mostSide,
          );
        const { picture } = small;
        t.true(picture.width <= mostSide && picture.height <= mostSide);
        t.true(small.metresPerPixel >= finestM - 1e-12 || small.metresPerPixel >= metresPerPixel);
        t.true(
          (width / picture.width) * metresPerPixel >= finestM - 1e-9 &&
            (height / picture.height) * metresPerPixel >= finestM - 1e-9,
        );
        t.is(picture.rgb.length, 3 * picture.width * picture.height);
      },
    ),
    { numRuns: 60 },
  );
});

test('shrinking keeps the mean light of every part', (t) => {
  const picture = {
    width: 4,
    height: 2,
    rgb: Uint8Array.from([
      0, 0, 0, 100, 100, 100, 10, 10, 10, 20, 20, 20, 50, 50, 50, 50, 50, 50, 30, 30, 30, 40, 40, 40,
    ]),
  };
  const small = shrunk(picture, { x0: 0, y0: 0, x1: 4, y1: 2 }, { metresPerPixel: 0.025, mostSide: 100 });
  t.deepEqual([...(small?.picture.rgb ?? [])], [50, 50, 50, 25, 25, 25]);
});

const facts = {
  lat: -47.1234567,
  lon: 8.7654321,
  ceM: 4.2,
  wallMs: Date.UTC(2026, 5, 7, 8, 9, 10, 500),
  metresPerPixel: 0.03,
};
const budget = { mostBytes: 20_000, mostSide: 400, encode: pictures.encodeJpeg };

test('a picture fits its budget, is named by its hash, and decodes again with what is inside it', (t) => {
  const made = evidencePicture(noisy(1200, 900), { x0: 300, y0: 200, x1: 900, y1: 700 }, facts, budget);
  const jpeg = Buffer.from(made?.jpeg ?? '', 'base64');
  t.true(jpeg.length > 1000 && jpeg.length <= budget.mostBytes);
  t.is(made?.sha256, createHash('sha256').update(jpeg).digest('hex'));
  const back = pictures.decode(jpeg, 'made');
  t.like(back, { width: made?.width, height: made?.height });
  t.true((made?.metresPerPixel ?? 0) >= finestM);
});

test('where nothing fits there is no picture', (t) => {
  t.is(
    evidencePicture(noisy(400, 300), { x0: 0, y0: 0, x1: 400, y1: 300 }, facts, { ...budget, mostBytes: 300 }),
    null,
  );
  t.is(
    evidencePicture(noisy(400, 300), { x0: 5, y0: 5, x1: 6, y1: 6 }, { ...facts, metresPerPixel: 0.001 }, budget),
    null,
  );
});

const read = needs('exiftool', 'position and time in a picture, read by somebody else') ? test : test.skip;
read('position and time are read back by somebody else', (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-exif-'));
  const file = path.join(folder, 'one.jpg');
  writeFileSync(file, withExif(pictures.encodeJpeg(noisy(40, 30), 80), { ...facts, width: 40, height: 30 }));
  const { stdout } = spawnSync('exiftool', ['-json', '-n', '-validate', '-all', '-warning', file], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  const [found] = JSON.parse(stdout) as Record<string, unknown>[];
  t.true(
    Math.abs(Number(found?.GPSLatitude) - facts.lat) < 1e-7 && Math.abs(Number(found?.GPSLongitude) - facts.lon) < 1e-7,
    stdout,
  );
  t.like(found, {
    DateTimeOriginal: '2026:06:07 08:09:10',
    GPSMapDatum: 'WGS-84',
    GPSHPositioningError: 4.2,
    OffsetTimeOriginal: '+00:00',
  });
  t.is(found?.Warning, undefined, stdout);
});

test('what is no JPEG is not written into', (t) => {
  t.throws(() => withExif(Uint8Array.of(1, 2, 3), { ...facts, width: 1, height: 1 }), { instanceOf: RangeError });
});
