/** Bad input at the real camera daemon: a word that names it, never an alert that pretends to be placed, and a daemon that lives. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { type CameraBoxOptions, cameraBox, pictures, plotPicture } from '../support/camera-box.ts';
import { colourCard, colourModel } from '../support/vision-model.ts';

const plots = (count: number, prefix = 'p'): Record<string, Uint8Array> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `${prefix}${String(i).padStart(2, '0')}.png`,
      pictures.encodePng(plotPicture(i)),
    ]),
  );

/** One degree of SRTM around the drone (44 to 45 north, 73 to 74 east), with a hole wherever it flies. */
function tilesWithHole(folder: string): void {
  const side = 1201;
  const bytes = Buffer.alloc(2 * side * side);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++)
      bytes.writeInt16BE(row > 400 && row < 800 ? -32768 : 800, 2 * (row * side + column));
  writeFileSync(path.join(folder, 'N44E073.hgt'), bytes);
}
const terrain = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-terrain-'));
test.after.always(() => rmSync(terrain, { recursive: true }));
tilesWithHole(terrain);

const unplaced: readonly (readonly [title: string, options: CameraBoxOptions, type: string, says: RegExp])[] = [
  ['a pose that comes a minute late', { pose: { ageMs: 60_000 } }, 'unplaced-no-position', /no position is told/],
  [
    'a camera upside down',
    { pose: { rollDeg: 180 } },
    'unplaced-upside-down',
    /hangs upside down; .* mount\.rollDeg: 180/,
  ],
  [
    'a hole in the elevation tiles',
    { section: { ground: { kind: 'tiles', folder: terrain } } },
    'unplaced-dem-hole',
    /the elevation tiles have a hole there/,
  ],
];

for (const [title, options, type, says] of unplaced)
  test.serial(`${title}: what is seen is kept without a place, nothing is raised, and it is said once`, async (t) => {
    const box = await cameraBox(t, options);
    const ran = await box.run(plots(8));
    t.is(ran.code, 0, ran.err);
    const { alerts, events } = await box.kept();
    t.deepEqual(alerts, []);
    const told = events.filter((one) => one.type === type);
    t.is(told.length, 1, JSON.stringify(events.map((one) => one.type)));
    t.regex(told[0]?.message ?? '', says);
    const seen = events.filter((one) => one.type === 'sightings');
    t.true(seen.length > 0);
    t.true(seen.every(({ detail }) => (detail.look as { sightings: unknown[] }).sightings.length === 0));
  });

test.serial('a picture that says it has 200 megapixels is told by name and stepped over', async (t) => {
  const huge = pictures.encodeJpeg(plotPicture(1), 90);
  const frame = huge.findIndex((byte, i) => byte === 0xff && huge[i + 1] === 0xc0);
  const view = new DataView(huge.buffer, huge.byteOffset);
  view.setUint16(frame + 5, 12_500);
  view.setUint16(frame + 7, 16_000);
  const box = await cameraBox(t);
  const ran = await box.run({ 'a.jpg': huge, ...plots(8) });
  t.is(ran.code, 0, ran.err);
  const { alerts, events } = await box.kept();
  const told = events.find(({ type }) => type === 'camera-garbage');
  t.regex(told?.message ?? '', /a\.jpg: is 16000 x 12500 = 200 megapixels; 100 are the most; the picture is not used/);
  t.is(alerts.filter(({ condition }) => condition === 'raised').length, 1, 'the good ones count');
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** Cut off in the middle, as by a card that was pulled while it was written. */
const corrupt = colourModel().subarray(0, 700);

const models: readonly (readonly [title: string, files: CameraBoxOptions['model'], says: RegExp])[] = [
  [
    'a corrupt model with the right hash',
    { 'model.tflite': corrupt, 'card.json': JSON.stringify({ ...colourCard, sha256: sha256(corrupt) }) },
    /model\.tflite: .*(was not loaded|corrupt)/,
  ],
  [
    'a card that lies about the shape of its input',
    {
      'card.json': JSON.stringify({
        ...colourCard,
        input: { ...colourCard.input, tensor: { name: 'picture', shape: [1, 16, 16, 3], type: 'float32' } },
      }),
    },
    /card\.json input\.tensor: is .*\[1,16,16,3\], and the model has .*\[1,8,8,3\]/,
  ],
  [
    'a card that lies about the shape of its output',
    {
      'card.json': JSON.stringify({
        ...colourCard,
        output: { ...colourCard.output, scores: { name: 'scores', shape: [1, 4], type: 'float32' } },
      }),
    },
    /card\.json output\.scores: is .*\[1,4\], and the model has .*\[1,3\]/,
  ],
];

for (const [title, files, says] of models)
  test.serial(`${title}: the daemon ends at its start with the place in the file`, async (t) => {
    const box = await cameraBox(t, { model: files });
    const ran = await box.run(plots(1));
    t.is(ran.code, 2, ran.err);
    t.regex(ran.out, says);
  });
