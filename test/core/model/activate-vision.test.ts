import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openLiteRt } from '../../../daemons/core/adapters/infer.litert.ts';
import { openPictures } from '../../../daemons/core/adapters/pictures.wasm.ts';
import { activateVision, type VisionActivation } from '../../../daemons/core/model/activate-vision.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import {
  blue,
  colourCard,
  colourModel,
  green,
  painted,
  side,
  signingKey,
  visionFolder,
} from '../../support/vision-model.ts';

const [infer, pictures] = await Promise.all([openLiteRt(), openPictures()]);
const root = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-vision-'));
test.after.always(() => rmSync(root, { recursive: true }));

const asked = (folder: string, change: Partial<VisionActivation> = {}): VisionActivation => ({
  folder,
  infer,
  pictures,
  allow: { purpose: 'testing', labels: ['red', 'Green plot', 'blue'] },
  signers: [signingKey.publicKey],
  ...change,
});

async function refusal(
  files: Parameters<typeof visionFolder>[2],
  change: Partial<VisionActivation> = {},
): Promise<string> {
  const folder = visionFolder(root, pictures, files);
  try {
    await activateVision(asked(folder, change));
  } catch (error) {
    if (isFault(error) && error.kind === 'refused') return error.message.replaceAll(`${folder}/`, '');
    throw error;
  }
  return 'was not refused';
}

const withCard = (change: object): Record<string, string> => ({
  'card.json': JSON.stringify({ ...colourCard, ...change }),
});

test('a signed and allowed model that answers its golden pictures is used', async (t) => {
  const model = await activateVision(asked(visionFolder(root, pictures)));
  const picture = painted(24, 24, blue, [{ box: [8, 8, 16, 16], colour: green }]);
  const [found, ...more] = await model.look(picture, { x0: 8, y0: 8, x1: 16, y1: 16 });
  t.deepEqual(more, []);
  t.is(found?.label, 'Green plot');
  t.deepEqual(found?.box, { x0: 8, y0: 8, x1: 16, y1: 16 });
  t.deepEqual(await model.look(picture, { x0: 0, y0: 0, x1: side, y1: side }), []);
});

test('nobody signed, a stranger signed, or the card was changed after it was signed', async (t) => {
  t.regex(await refusal({ 'card.sig.json': null }), /^card\.sig\.json: cannot be read/);
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  t.regex(
    await refusal({}, { signers: [stranger.publicKey] }),
    /^card\.sig\.json key: is [0-9a-f]{64}, and this box knows/,
  );
  const old = visionFolder(root, pictures);
  const signature = readFileSync(path.join(old, 'card.sig.json'), 'utf8');
  t.regex(
    await refusal({ ...withCard({ thresholds: { score: 0.1 } }), 'card.sig.json': signature }),
    /^card\.sig\.json signature: is not of this card/,
  );
});

test('another purpose and another label are other models', async (t) => {
  const allow = { purpose: 'testing', labels: ['red', 'green plot', 'blue'] };
  t.regex(
    await refusal({}, { allow }),
    /^card\.json labels: are \[red, Green plot, blue\], and this box allows \[red, green plot/,
  );
  t.regex(await refusal({}, { allow: { ...allow, purpose: 'testing people' } }), /^card\.json purpose: is "testing"/);
});

test('a corrupt model and another model are refused by hash, by structure and by their golden pictures', async (t) => {
  const cut = colourModel().subarray(0, 500);
  t.regex(await refusal({ 'model.tflite': cut }), /^card\.json sha256: /);
  const hashed = createHash('sha256').update(cut).digest('hex');
  t.regex(await refusal({ ...withCard({ sha256: hashed }), 'model.tflite': cut }), /^model\.tflite/);
  t.regex(
    await refusal({ 'golden/green.png': pictures.encodePng(painted(side, side, blue)) }),
    /^golden\/vectors\.json vectors\.0: has 1 sightings, and here the model has 0/,
  );
});

test('a card that lies about shapes is refused with what the model has', async (t) => {
  const tensor = { name: 'picture', shape: [1, 16, 16, 3], type: 'float32' };
  t.regex(
    await refusal(withCard({ input: { ...colourCard.input, tensor } })),
    /^card\.json input\.tensor: is "picture" float32 \[1,16,16,3\], and the model has "picture" float32 \[1,8,8,3\]/,
  );
  const output = (scores: object): Record<string, string> =>
    withCard({ output: { layout: 'scores', activation: 'none', scores } });
  t.regex(
    await refusal(output({ name: 'scores', shape: [1, 4], type: 'float32' })),
    /^card\.json output\.scores: is "scores" float32 \[1,4\], and the model has "scores" float32 \[1,3\]/,
  );
  const labels = [...colourCard.labels, { name: 'yellow', role: 'background' }];
  const allow = { purpose: 'testing', labels: labels.map(({ name }) => name) };
  t.regex(
    await refusal(withCard({ labels }), { allow }),
    /^card\.json output\.scores: is \[1,3\]; .* it must be \[1,4\]/,
  );
  t.regex(await refusal(withCard({ task: 'detection' })), /output\.layout/);
});
