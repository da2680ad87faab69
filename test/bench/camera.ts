/** What a camera costs beside bare inference, beside OpenCV, and in memory. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { lookAt, windowsOf } from '../../daemons/camera/look.ts';
import { openLiteRtWorker } from '../../daemons/core/adapters/infer.litert-worker.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import { loadVision, type VisionModel } from '../../daemons/core/model/vision.ts';
import type { Pictures } from '../../daemons/core/ports/pictures.ts';
import type { Picture, Sighting } from '../../daemons/core/values/frame.ts';
import { fitted } from '../../daemons/core/vision/fit.ts';
import { mergeTiles } from '../../daemons/core/vision/merge.ts';
import { cut } from '../../daemons/core/vision/resize.ts';
import { tilesOf } from '../../daemons/core/vision/tiles.ts';
import { printed } from '../../daemons/tools/evaluate/figures.ts';
import { bareModel, compileBare } from './bare-litert.ts';
import { cameraLatency } from './camera-latency.ts';
import { cameraRss } from './camera-rss.ts';
import { imagenetCard, mobilenetFile, sceneOf } from './camera-scene.ts';
import { abTurns, type Figure } from './figure.ts';

export async function camera(): Promise<readonly Figure[]> {
  const pictures = await openPictures();
  const jpeg = pictures.encodeJpeg(sceneOf(4000, 3000), 90);
  return [
    ...(await overhead(pictures, jpeg)),
    await peer(pictures, jpeg),
    ...(await cameraLatency()),
    await cameraRss(),
  ];
}

const ios = 0.5;
const ratioFigure = (id: string, one: { a: number; b: number; most: number; note: string }): Figure => ({
  id,
  value: one.a,
  unit: 'ms',
  baseline: one.b,
  ratio: one.a / one.b,
  reach: `ratio <= ${one.most}`,
  ok: one.a / one.b <= one.most,
  note: one.note,
});

async function overhead(pictures: Pictures, jpeg: Uint8Array): Promise<readonly Figure[]> {
  if (!existsSync(mobilenetFile)) return [printed('camera.overhead', null, 'ms', 'skipped: camera.overhead: no data')];
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-bench-'));
  const bytes = readFileSync(mobilenetFile);
  writeFileSync(path.join(folder, 'model.tflite'), bytes);
  writeFileSync(path.join(folder, 'card.json'), JSON.stringify(imagenetCard(bytes)));
  const infer = await openLiteRtWorker({ threads: 1 });
  try {
    const model = await loadVision({ folder, infer });
    const bare = await bareModel(await compileBare(), bytes);
    const tiles = tilesOfFrame(pictures, jpeg, model);
    const whole = async (): Promise<number> => {
      const from = performance.now();
      await lookAt(pictures.decode(jpeg, 'frame'), model, { gsdCm: null, ios });
      return performance.now() - from;
    };
    const inference = (): number => {
      const from = performance.now();
      for (const tile of tiles) bare(tile);
      return performance.now() - from;
    };
    for (const tile of tiles.slice(0, 20)) bare(tile);
    const { a, b } = await abTurns(whole, inference);
    const note = `decode, ${tiles.length} windows of a 12-megapixel JPEG (rendered noise) through MobileNet v2 224, merge; beside bare inference of the same windows`;
    return [ratioFigure('camera.overhead', { a, b, most: 1.25, note })];
  } finally {
    await infer.close();
    rmSync(folder, { recursive: true });
  }
}

/** The windows as the model's bytes, made before the clock runs. */
function tilesOfFrame(pictures: Pictures, jpeg: Uint8Array, model: VisionModel): Uint8Array[] {
  const picture = pictures.decode(jpeg, 'frame');
  const how = { method: 'bilinear', shape: 'stretch', fill: [0, 0, 0] } as const;
  return windowsOf(picture, model, null).map((window) => fitted(picture, window, model.input, how)[0].rgb);
}

const tile = { width: 224, height: 224 };

/** Decode, cut every tile, and merge what was found: a box a tile, by the brightness of its middle. */
function ours(pictures: Pictures, jpeg: Uint8Array): { readonly tiles: number; readonly merged: number } {
  const picture = pictures.decode(jpeg, 'frame');
  const windows = tilesOf(picture, { tile, overlap: 45 });
  const found = windows.map((window): Sighting => {
    const { rgb }: Picture = cut(picture, window);
    return { label: 'a', score: (rgb[3 * (112 * 224 + 112)] ?? 0) / 255, box: window };
  });
  return { tiles: windows.length, merged: mergeTiles(found, ios).length };
}

async function peer(pictures: Pictures, jpeg: Uint8Array): Promise<Figure> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-bench-'));
  const file = path.join(folder, 'frame.jpg');
  writeFileSync(file, jpeg);
  const script = path.join(import.meta.dirname, 'camera.py');
  const python = (args: readonly string[]): { ms: number; tiles: number; merged: number; by: string } =>
    JSON.parse(execFileSync('/usr/bin/python3', [script, ...args], { encoding: 'utf8' }));
  try {
    const first = python([file]);
    const mine = ours(pictures, jpeg);
    if (first.tiles !== mine.tiles || first.merged !== mine.merged)
      throw new Error(`not the same work: ${JSON.stringify(first)} and ${JSON.stringify(mine)}`);
    const timed = (): number => {
      const from = performance.now();
      ours(pictures, jpeg);
      return performance.now() - from;
    };
    timed();
    const { a, b } = await abTurns(timed, () => python([file]).ms, 9);
    const note = `decode, cut ${mine.tiles} tiles and merge, beside ${first.by} on one thread doing the same`;
    return ratioFigure('camera.peer', { a, b, most: 2, note });
  } catch (error) {
    return printed('camera.peer', null, 'ms', `skipped: camera.peer: ${(error as Error).message.split('\n')[0]}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
