/** Whether a vision model may decide on this box: its signed card, the profile's allow-list and its golden vectors. */
import type { KeyObject } from 'node:crypto';
import { hash } from 'node:crypto';
import path from 'node:path';
import type { Pictures } from '../ports/pictures.ts';
import type { Sighting } from '../values/frame.ts';
import { wholeOf } from '../vision/resize.ts';
import { checkSignature, signatureFile } from './card-signature.ts';
import { type Allowed, checkAllowed, checkEngine, parse, read, refused } from './trust.ts';
import { loadVision, type VisionFolder, type VisionModel } from './vision.ts';
import { type VisionCard, visionGolden } from './vision-card.ts';

export interface VisionActivation extends VisionFolder {
  readonly pictures: Pictures;
  readonly allow: Allowed;
  /** Public keys of those who may vouch for a card. */
  readonly signers: readonly KeyObject[];
}

/**
 * Like `loadVision`, and then: the engine is one that may decide, purpose and labels are allowed, the card is signed, and
 * the golden pictures are seen as when the model was made. Errors: Fault `refused`; nothing is then seen.
 */
export async function activateVision(activation: VisionActivation): Promise<VisionModel> {
  const { folder, infer, pictures, allow, signers } = activation;
  const file = path.join(folder, 'card.json');
  const model = await loadVision({ folder, infer });
  try {
    const { card, labels, cardSha256 } = model;
    checkEngine(file, card, infer.engine);
    checkAllowed(file, { purpose: card.purpose, labels: labels.map(({ name }) => name) }, allow);
    const golden = hash('sha256', read(path.join(folder, card.golden.file)), 'hex');
    checkSignature(path.join(folder, signatureFile), { card: cardSha256, golden }, signers);
    await checkGolden(folder, model, pictures);
    return model;
  } catch (error) {
    await model.close();
    throw error;
  }
}

async function checkGolden(folder: string, model: VisionModel, pictures: Pictures): Promise<void> {
  const file = path.join(folder, model.card.golden.file);
  let i = 0;
  for (const { picture: name, sightings } of parse(file, visionGolden).vectors) {
    const picture = pictures.decode(read(path.join(folder, name)), path.join(folder, name));
    const here = await model.look(picture, wholeOf(picture));
    if (here.length !== sightings.length)
      throw refused(file, `vectors.${i}`, `has ${sightings.length} sightings, and here the model has ${here.length}`);
    sightings.forEach((expected, k) => {
      const off = differs(expected, here[k] as Sighting, model.card.golden);
      if (off) throw refused(file, `vectors.${i}.sightings.${k}`, off);
    });
    i++;
  }
}

interface Expected {
  readonly label: string;
  readonly score: number;
  readonly box: readonly number[];
}

function differs(expected: Expected, { label, score, box }: Sighting, golden: VisionCard['golden']): string | null {
  if (label !== expected.label) return `is "${expected.label}", and here the model says "${label}"`;
  if (!(Math.abs(score - expected.score) <= golden.score))
    return `has a score of ${expected.score}, and here ${score}; ${golden.score} is the most it may be off`;
  const sides = [box.x0, box.y0, box.x1, box.y1];
  const most = Math.max(...sides.map((side, i) => Math.abs(side - (expected.box[i] ?? Number.NaN))));
  if (most <= golden.pixels) return null;
  return `is at [${expected.box}], and here at [${sides}]; ${golden.pixels} pixels is the most it may be off`;
}
