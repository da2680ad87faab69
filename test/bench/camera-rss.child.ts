/** Takes frames of a camera program for ever and looks at them; prints its memory every now and then. */
import process from 'node:process';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { mjpeg } from '../../daemons/core/adapters/frames.ffmpeg.ts';
import { pipeFrames } from '../../daemons/core/adapters/frames.pipe.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import { exposed, noExposure } from '../../daemons/core/vision/exposure.ts';
import { fitted } from '../../daemons/core/vision/fit.ts';
import { mergeTiles } from '../../daemons/core/vision/merge.ts';
import { greenOf } from '../../daemons/core/vision/promise.ts';
import { tilesOf } from '../../daemons/core/vision/tiles.ts';

const [file = '', wanted = '0', warm = '0'] = process.argv.slice(2);
const pictures = await openPictures();
const source = pipeFrames({
  name: 'bench',
  program: 'sh',
  args: ['-c', `while :; do cat ${file}; done`],
  format: mjpeg('bench', pictures),
  clock: systemClock(),
  stallMs: 60_000,
  take: 'all',
});
const how = { method: 'area', shape: 'letterbox', fill: [114, 114, 114] } as const;
const stop = new AbortController();
let [frames, troubles, before, most] = [0, 0, 0, 0];
let state = noExposure;
const onTrouble = (): void => {
  troubles++;
};
for await (const { picture } of source.frames({ signal: stop.signal, onTrouble })) {
  frames++;
  [state] = exposed(state, picture);
  const windows = tilesOf(picture, { tile: { width: 64, height: 64 }, overlap: 12 });
  const green = greenOf(picture, windows);
  for (const window of windows) fitted(picture, window, { width: 48, height: 48 }, how);
  mergeTiles(
    windows.map((box, i) => ({ label: 'a', score: green[i] ?? 0, box })),
    0.5,
  );
  if (frames === Number(warm)) {
    globalThis.gc?.();
    before = process.memoryUsage.rss();
  }
  if (frames >= Number(wanted)) stop.abort();
}
globalThis.gc?.();
most = process.memoryUsage.rss();
process.stdout.write(`${JSON.stringify({ frames, troubles, before, after: most })}\n`);
process.exit(0);
