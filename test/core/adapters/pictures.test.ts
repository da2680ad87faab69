import test from 'ava';
import fc from 'fast-check';
import { openPictures } from '../../../daemons/core/adapters/pictures.wasm.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import type { Picture } from '../../../daemons/core/values/frame.ts';
import { pictureHeader } from '../../../daemons/core/vision/header.ts';

const pictures = await openPictures();

/** Soft colours, so that JPEG has little to lose. */
const scene = (width: number, height: number): Picture => ({
  width,
  height,
  rgb: Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return [40 + (150 * x) / width, 60 + (120 * y) / height, 90][i % 3] ?? 0;
  }),
});

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (isFault(error) && error.kind === 'refused') return error.message;
    throw error;
  }
  return 'was not refused';
};

const furthest = (a: Picture, b: Picture): number =>
  a.rgb.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.rgb[i] ?? 999))), 0);

test('PNG gives back every pixel, JPEG nearly', (t) => {
  const picture = scene(67, 41);
  t.deepEqual(pictures.decode(pictures.encodePng(picture), 'a.png'), picture);
  const jpeg = pictures.decode(pictures.encodeJpeg(picture, 95), 'a.jpg');
  t.deepEqual([jpeg.width, jpeg.height], [67, 41]);
  t.true(furthest(jpeg, picture) < 12, `${furthest(jpeg, picture)}`);
});

test('what is written can be read again, whatever its size', (t) => {
  for (let width = 1; width <= 80; width++)
    for (const height of [1, 7, 16, 33]) {
      const jpeg = pictures.encodeJpeg(scene(width, height), 80);
      const read = pictures.decode(jpeg, `${width} x ${height}`);
      t.deepEqual([read.width, read.height], [width, height]);
    }
});

test('a picture of 200 megapixels is refused by its header, however small its file', (t) => {
  const jpeg = pictures.encodeJpeg(scene(16, 16), 80);
  const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  new DataView(jpeg.buffer, jpeg.byteOffset).setUint16(frame + 5, 12_500);
  new DataView(jpeg.buffer, jpeg.byteOffset).setUint16(frame + 7, 16_000);
  t.is(
    refusal(() => pictures.decode(jpeg, 'big.jpg')),
    'big.jpg: is 16000 x 12500 = 200 megapixels; 100 are the most; the picture is not used',
  );
  const png = pictures.encodePng(scene(16, 16));
  new DataView(png.buffer, png.byteOffset).setUint32(16, 1_000_000);
  new DataView(png.buffer, png.byteOffset).setUint32(20, 1600);
  t.regex(
    refusal(() => pictureHeader(png, 'big.png')),
    /^big\.png: is 1000000 x 1600 = 1600 megapixels/,
  );
});

test('a truncated picture is refused wherever it was cut', (t) => {
  for (const bytes of [pictures.encodeJpeg(scene(64, 48), 90), pictures.encodePng(scene(64, 48))])
    for (let cut = 1; cut < bytes.length - 1; cut += 7)
      t.regex(
        refusal(() => pictures.decode(bytes.subarray(0, cut), 'cut')),
        /^cut: is (truncated|damaged|neither)/,
      );
});

test('a JPEG that keeps its end and lost its middle is refused, not filled with grey', (t) => {
  const bytes = pictures.encodeJpeg(scene(640, 480), 90);
  const lost = Buffer.concat([bytes.subarray(0, bytes.length >> 1), Buffer.from([0xff, 0xd9])]);
  t.regex(
    refusal(() => pictures.decode(lost, 'lost.jpg')),
    /^lost\.jpg: is damaged or truncated: Corrupt JPEG data: premature end of data segment/,
  );
});

test('a PNG that unpacks to more than its pixels is stopped', (t) => {
  const large = pictures.encodePng({ width: 2000, height: 2000, rgb: new Uint8Array(12_000_000) });
  new DataView(large.buffer, large.byteOffset).setUint32(16, 10);
  new DataView(large.buffer, large.byteOffset).setUint32(20, 10);
  t.regex(
    refusal(() => pictures.decode(large, 'bomb.png')),
    /do not unpack/,
  );
});

test('whatever bytes come, the answer is a picture or a refusal', (t) => {
  const good = [pictures.encodeJpeg(scene(48, 32), 85), pictures.encodePng(scene(48, 32))];
  fc.assert(
    fc.property(
      fc.constantFrom(...good),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (bytes, changes) => {
        const changed = Uint8Array.from(bytes);
        for (const [at, value] of changes) changed[at % changed.length] = value;
        try {
          const { width, height, rgb } = pictures.decode(changed, 'fuzzed');
          t.is(rgb.length, 3 * width * height);
        } catch (error) {
          if (!isFault(error) || error.kind !== 'refused') throw error;
        }
      },
    ),
    { numRuns: 300 },
  );
  t.deepEqual(pictures.decode(good[1] as Uint8Array, 'after'), scene(48, 32));
});
