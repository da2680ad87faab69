/** Makes every file of the model from nothing but this program: the same bytes each time, with no clock and no network. */
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openLiteRt } from '../../../daemons/core/adapters/infer.litert.ts';
import { openPictures } from '../../../daemons/core/adapters/pictures.wasm.ts';
import { loadVision, type VisionModel } from '../../../daemons/core/model/vision.ts';
import type { VisionCard } from '../../../daemons/core/model/vision-card.ts';
import type { Pictures } from '../../../daemons/core/ports/pictures.ts';
import { int8Conv } from '../../../daemons/core/tflite/conv.ts';
import { writeTflite } from '../../../daemons/core/tflite/write.ts';
import { cut, wholeOf } from '../../../daemons/core/vision/resize.ts';
import { flightFrame } from '../../../daemons/tools/evaluate/aerial-scenes.ts';
import { seasons } from '../../../daemons/tools/simulate/aerial/palette.ts';
import { cardOf, inputSide } from './card.ts';
import { fitted, type Progress } from './fit.ts';
import { type Held, heldOut } from './held.ts';
import { layersOf, rangesOf } from './layers.ts';

export interface BuildOptions {
  /** Rendered tiles to fit on: seeds from here upwards. */
  readonly train: { readonly seed: number; readonly tiles: number; readonly side: number; readonly rate: number };
  /** Seeds of the hold-out, which sets ranges, threshold and golden vectors; the evaluation has others. */
  readonly held: Held & { readonly tiles: number };
}

export const fullBuild: BuildOptions = {
  train: { seed: 1_000_000, tiles: 80_000, side: 160, rate: 0.002 },
  held: { seed: 8_000_000, tiles: 64, countries: 160, flights: 12 },
};

/** The same way with little of everything: for a test that cannot wait. */
export const reducedBuild: BuildOptions = {
  train: { seed: 1_000_000, tiles: 160, side: 160, rate: 0.002 },
  held: { seed: 8_000_000, tiles: 8, countries: 0, flights: 0 },
};

/** Files by their path in the model's folder. */
export type Files = Readonly<Record<string, Uint8Array>>;

const description = 'crop-plot: cultivated plots from straight above; trained on rendered scenes';
const text = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

/** The .tflite file alone. */
export async function buildModel(
  { train, held }: BuildOptions,
  said?: (progress: Progress) => void,
): Promise<Uint8Array> {
  const net = await fitted(train, said);
  const ranges = rangesOf(net, { seed: held.seed, tiles: held.tiles });
  return writeTflite(int8Conv(layersOf(net), ranges, { side: inputSide, description }));
}

export async function build(options: BuildOptions, said?: (progress: Progress) => void): Promise<Files> {
  const int8 = await buildModel(options, said);
  return filesOf(int8, options);
}

/** Card and golden vectors of a model that was made. */
export async function filesOf(int8: Uint8Array, { train, held }: BuildOptions): Promise<Files> {
  const sha256 = hash('sha256', int8, 'hex');
  const pictures = await openPictures();
  const draft = cardOf({ sha256, threshold: 0.5, tiles: train.tiles, seed: train.seed, figures: {} });
  const measured = await inFolder(int8, draft, (folder) => heldOut(held, folder));
  const card = cardOf({ sha256, tiles: train.tiles, seed: train.seed, ...measured });
  const golden = await inFolder(int8, card, async (folder) => {
    const model = await loadVision({ folder, infer: await openLiteRt() });
    const made = await goldenOf(model, pictures, held.seed);
    await model.close();
    return made;
  });
  return { 'model.tflite': int8, 'card.json': text(card), ...golden };
}

/** A model lies in a folder, so it is laid in one. */
async function inFolder<T>(int8: Uint8Array, card: VisionCard, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-plot-'));
  try {
    writeFileSync(path.join(folder, card.file), int8);
    writeFileSync(path.join(folder, 'card.json'), text(card));
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Pictures of the hold-out at the network's own scale, one a season, with what the model says of them. */
async function goldenOf(model: VisionModel, pictures: Pictures, seed: number): Promise<Files> {
  const files: Record<string, Uint8Array> = {};
  const vectors: { picture: string; sightings: readonly { label: string; score: number; box: number[] }[] }[] = [];
  for (const [i, season] of seasons.entries()) {
    const { picture } = flightFrame({ seed: seed + 900_000 + i, season, gsdM: 0.1 });
    const left = Math.floor((picture.width - inputSide) / 2);
    const shown = cut(picture, { x0: left, y0: 0, x1: left + inputSide, y1: inputSide });
    const jpeg = pictures.encodeJpeg(shown, 80);
    const name = `golden/${season}.jpg`;
    const read = pictures.decode(jpeg, name);
    const sightings = await model.look(read, wholeOf(read));
    files[name] = jpeg;
    vectors.push({
      picture: name,
      sightings: sightings.map(({ label, score, box: { x0, y0, x1, y1 } }) => ({
        label,
        score,
        box: [x0, y0, x1, y1],
      })),
    });
  }
  return { ...files, 'golden/vectors.json': text({ vectors }) };
}
