import test from 'ava';
import fc from 'fast-check';
import { openPictures } from '../../../daemons/core/adapters/pictures.wasm.ts';
import {
  fixedSplitter,
  mjpegSplitter,
  ppmSplitter,
  readPpm,
  readYuv420,
  type Splitter,
  yuv420Bytes,
} from '../../../daemons/core/vision/stream.ts';
import { green, painted } from '../../support/vision-model.ts';

const pictures = await openPictures();

const ppmOf = (width: number, height: number, value: number): Buffer =>
  Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), Buffer.alloc(3 * width * height, value)]);

/** Feeds a stream in pieces of the given sizes, over and over. */
function split(splitter: Splitter, stream: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0, i = 0; at < stream.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    found.push(...splitter(stream.subarray(at, at + size)));
    at += size;
  }
  return found;
}

/** A JPEG with another one as its EXIF thumbnail. */
function withThumbnail(jpeg: Uint8Array, thumbnail: Uint8Array): Uint8Array {
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(2 + thumbnail.length, 4);
  return Buffer.concat([head, thumbnail, jpeg.subarray(2)]);
}

const small = pictures.encodeJpeg(painted(16, 16, green), 50);
const jpegs = [
  pictures.encodeJpeg(painted(40, 30, green), 90),
  withThumbnail(pictures.encodeJpeg(painted(20, 60, green), 70), small),
  small,
];
const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });

test('JPEG files in a stream come out whole, however the stream is cut and padded', (t) => {
  fc.assert(
    fc.property(sizes, fc.nat(3), (pieces, padding) => {
      const stream = Buffer.concat(jpegs.flatMap((one) => [one, new Uint8Array(padding)]));
      const found = split(mjpegSplitter(), stream, pieces);
      t.is(found.length, jpegs.length);
      t.deepEqual(
        found.map((one) => Buffer.from(one)),
        jpegs.map((one) => Buffer.from(one)),
      );
    }),
    { numRuns: 60 },
  );
});

test('PPM pictures come out whole, each of its own size', (t) => {
  fc.assert(
    fc.property(sizes, (pieces) => {
      const found = split(ppmSplitter(), Buffer.concat([ppmOf(12, 5, 7), ppmOf(3, 9, 8)]), pieces).map(readPpm);
      t.deepEqual(
        found.map(({ width, height, rgb }) => [width, height, rgb.length, rgb[0]]),
        [
          [12, 5, 180, 7],
          [3, 9, 81, 8],
        ],
      );
    }),
    { numRuns: 60 },
  );
});

test('garbage is told at once, and a picture that never ends at its limit', (t) => {
  t.throws(() => mjpegSplitter()(Buffer.from('Camera not found')), {
    message: /a JPEG should begin, and 43616d65 came/,
  });
  t.throws(() => ppmSplitter()(Buffer.from('[error] no such device')), { message: /no PPM picture/ });
  t.throws(() => ppmSplitter()(Buffer.from('P6\n90000 90000\n255\n')), { message: /90000 x 90000 came/ });
  const endless = mjpegSplitter(10_000);
  endless(small.subarray(0, small.length - 2));
  t.throws(
    () => {
      for (let i = 0; i < 100; i++) endless(new Uint8Array(1000).fill(1));
    },
    { message: /without the end of a picture/ },
  );
});

test('YUV 4:2:0 gives the colours that it stands for', (t) => {
  const size = { width: 6, height: 4 };
  // BT.601 of (20, 230, 20).
  const [light, u, v] = [143, 58, 40];
  const bytes = Uint8Array.from({ length: yuv420Bytes(size) }, (_, i) => (i < 24 ? light : i < 30 ? u : v));
  const { rgb } = readYuv420(bytes, size);
  for (let i = 0; i < rgb.length; i++)
    t.true(Math.abs((rgb[i] ?? 0) - (green[i % 3] ?? 0)) <= 2, `${rgb.subarray(0, 3)}`);
  t.deepEqual(split(fixedSplitter(36), Buffer.concat([bytes, bytes]), [7]).length, 2);
  t.throws(() => readYuv420(bytes.subarray(1), size), { message: /35 bytes came; 6 x 4 in YUV 4:2:0 has 36/ });
});
