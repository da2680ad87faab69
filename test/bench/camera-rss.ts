/** Whether memory grows with frames: the child takes them from a real program, a tenth of them damaged. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import { sceneOf } from './camera-scene.ts';
import type { Figure } from './figure.ts';

const [frames, warm] = [22_000, 2000];
/**
 * MB of V8's young generation. Left alone V8 reserves some 30 MB more in the first 6,000 frames and keeps them, while what is in use
 * stays at 11 MB: that would be measured, not what the camera's code holds.
 */
const semiSpaceMb = 4;

export async function cameraRss(): Promise<Figure> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-bench-'));
  try {
    const file = path.join(folder, 'frames.mjpeg');
    const jpeg = (await openPictures()).encodeJpeg(sceneOf(160, 120), 80);
    // Its end is there, its middle is not: it is found only when it is decoded.
    const damaged = Buffer.concat([jpeg.subarray(0, jpeg.length >> 1), Buffer.from([0xff, 0xd9])]);
    // One of ten; a hundred a file, so that starting the program costs little beside them.
    const ten = [...Array.from({ length: 9 }, () => jpeg), damaged];
    writeFileSync(file, Buffer.concat(Array.from({ length: 10 }, () => ten).flat()));
    const child = path.join(import.meta.dirname, 'camera-rss.child.ts');
    const args = ['--expose-gc', `--max-semi-space-size=${semiSpaceMb}`, child, file, String(frames), String(warm)];
    const said = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as {
      frames: number;
      troubles: number;
      before: number;
      after: number;
    };
    const grown = (said.after - said.before) / 2 ** 20;
    return {
      id: 'camera.rss',
      value: grown,
      unit: 'MB',
      baseline: said.before / 2 ** 20,
      ratio: null,
      reach: '<= 10',
      ok: grown <= 10,
      note: `growth from frame ${warm} to ${said.frames} of 160 x 120 (taken, decoded, tiled, merged), ${said.troubles} damaged ones among them; after a full collection each time, with --max-semi-space-size=${semiSpaceMb}`,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
