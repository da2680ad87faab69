import test from 'ava';
import fc from 'fast-check';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { decodeBmp, resizeBilinear } from '../../../daemons/tools/evaluate/picture.ts';

/** A 24-bit BMP of `rows` from the top, stored upwards, with a 40-byte header. */
function bmp(rows: readonly (readonly (readonly [r: number, g: number, b: number])[])[]): Uint8Array {
  const [width, height] = [rows[0]?.length ?? 0, rows.length];
  const stride = Math.ceil((width * 3) / 4) * 4;
  const bytes = new Uint8Array(54 + stride * height);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from('BM'));
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(28, 24, true);
  rows.forEach((row, y) => {
    row.forEach(([r, g, b], x) => {
      bytes.set([b, g, r], 54 + stride * (height - 1 - y) + 3 * x);
    });
  });
  return bytes;
}

const two = bmp([
  [
    [255, 0, 0],
    [0, 255, 0],
  ],
  [
    [0, 0, 255],
    [9, 8, 7],
  ],
]);

test('a BMP becomes RGB from the top left', (t) => {
  t.deepEqual(decodeBmp(two, 'p.bmp'), {
    width: 2,
    height: 2,
    rgb: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7),
  });
});

test('a BMP that is stored downwards is read downwards', (t) => {
  const down = two.slice();
  new DataView(down.buffer).setInt32(22, -2, true);
  t.deepEqual([...decodeBmp(down, 'p.bmp').rgb.subarray(0, 6)], [0, 0, 255, 9, 8, 7]);
});

test('what is not such a BMP is refused by name', (t) => {
  t.throws(() => decodeBmp(Buffer.from('GIF89a'), 'p.gif'), { message: 'p.gif: is not a BMP file' });
  const deep = two.slice();
  deep[28] = 32;
  t.throws(() => decodeBmp(deep, 'p.bmp'), { message: /has 32 bits a pixel, compression 0; 24 without/ });
  t.throws(() => decodeBmp(two.subarray(0, 60), 'p.bmp'), { message: /has 60 bytes; 2 x 2 pixels need 70/ });
});

test('a damaged BMP is a Fault or a picture', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(69), fc.nat(255)), { maxLength: 5 }), (edits) => {
      const bytes = two.slice();
      for (const [at, value] of edits) bytes[at] = value;
      try {
        const { width, height, rgb } = decodeBmp(bytes, 'p.bmp');
        return rgb.length === width * height * 3;
      } catch (error) {
        return isFault(error);
      }
    }),
  );
  t.pass();
});

test('resizing to the same size changes nothing', (t) => {
  const picture = decodeBmp(two, 'p.bmp');
  t.deepEqual(resizeBilinear(picture, 2, 2), picture);
});

test('resizing interpolates from the top left corner, as RESIZE_BILINEAR does', (t) => {
  const ramp = { width: 2, height: 1, rgb: Uint8Array.of(0, 0, 0, 100, 100, 100) };
  const wide = resizeBilinear(ramp, 4, 1);
  // Places 0, 0.5, 1, 1.5: beyond the last pixel its value is repeated.
  t.deepEqual(
    [0, 3, 6, 9].map((at) => wide.rgb[at]),
    [0, 50, 100, 100],
  );
  t.deepEqual([...resizeBilinear(wide, 2, 1).rgb], [...ramp.rgb]);
});
