/** Both JPEG decoders beside each other. */
import test from 'ava';
import fc from 'fast-check';
import { openTurbo } from '../../../daemons/core/adapters/pictures.turbo.ts';
import { openPictures, packagedPictures } from '../../../daemons/core/adapters/pictures.wasm.ts';
import type { Picture } from '../../../daemons/core/values/frame.ts';
import { allows } from '../../support/needs.ts';

const { turbo: program, decoder, encoder } = packagedPictures();
const lack = program ? null : 'the optional package @cwasm/jpeg-turbo is not installed';
const withTurbo = allows(lack, 'JPEG by libjpeg-turbo') ? test : test.skip;
const turbo = await openTurbo(program ?? Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
const mozjpeg = await openPictures({ source: { decoder, encoder } });

const scene = (width: number, height: number, seed: number): Picture => ({
  width,
  height,
  rgb: Uint8Array.from({ length: 3 * width * height }, (_, i) => 128 + 90 * Math.sin(i / 7 + seed) + ((i * seed) % 31)),
});

withTurbo('both decoders give the same bytes, whatever the size and the quality', (t) => {
  const side = fc.integer({ min: 1, max: 70 });
  fc.assert(
    fc.property(side, side, fc.nat(1000), fc.integer({ min: 10, max: 100 }), (width, height, seed, quality) => {
      const jpeg = mozjpeg.encodeJpeg(scene(width, height, seed), quality);
      t.deepEqual(turbo(jpeg), mozjpeg.decode(jpeg, 'a.jpg'));
    }),
    { numRuns: 60 },
  );
});

withTurbo('what is cut off or lost its middle is left to the other, and the next picture comes out right', (t) => {
  const jpeg = mozjpeg.encodeJpeg(scene(64, 48, 3), 90);
  const lost = Uint8Array.from([...jpeg.subarray(0, 700), 0xff, 0xd9]);
  for (const bad of [jpeg.subarray(0, 20), jpeg.subarray(0, 600), lost, new Uint8Array(500)]) {
    t.is(turbo(bad), null);
    t.deepEqual(turbo(jpeg), mozjpeg.decode(jpeg, 'a.jpg'));
  }
});

withTurbo('whatever bytes of a picture are changed: nothing, or a picture of the size that its header says', (t) => {
  const jpeg = mozjpeg.encodeJpeg(scene(40, 30, 5), 80);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 200, max: jpeg.length - 1 }), fc.nat(255)), { minLength: 1, maxLength: 3 }),
      (changes) => {
        const bytes = Uint8Array.from(jpeg);
        for (const [at, byte] of changes) bytes[at] = byte;
        const found = turbo(bytes);
        t.true(found === null || found.rgb.length === 3 * found.width * found.height);
      },
    ),
    { numRuns: 300 },
  );
});
