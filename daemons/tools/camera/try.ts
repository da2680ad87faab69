/** `fieldpost camera try`: what a model sees in a picture, a folder of pictures or a video, drawn for a person to judge. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { lookAt } from '../../camera/look.ts';
import { systemClock } from '../../core/adapters/clock.system.ts';
import { videoFrames } from '../../core/adapters/frames.ffmpeg.ts';
import { folderFrames } from '../../core/adapters/frames.folder.ts';
import { openLiteRtWorker } from '../../core/adapters/infer.litert-worker.ts';
import { openPictures } from '../../core/adapters/pictures.wasm.ts';
import type { Label } from '../../core/model/labels.ts';
import { loadVision, type VisionModel } from '../../core/model/vision.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { FrameSource } from '../../core/ports/frames.ts';
import type { Pictures } from '../../core/ports/pictures.ts';
import { type Colour, drawn } from '../../core/vision/draw.ts';

export interface TryOptions {
  /** Of the model: card.json and what it names. */
  readonly model: string;
  /** Where the drawn pictures go. */
  readonly out: string;
  readonly gsdCm: number | null;
  readonly ios: number;
  /** Frames a second that are taken out of a video. */
  readonly perSecond: number;
  readonly json: boolean;
}

/** Prints a line a frame and draws each; the exit code is 1 when no frame could be looked at. Errors: Fault. */
export async function tryCamera(what: string, options: TryOptions): Promise<number> {
  const pictures = await openPictures();
  const infer = await openLiteRtWorker({ threads: 1 });
  try {
    const model = await loadVision({ folder: options.model, infer });
    mkdirSync(options.out, { recursive: true });
    let looked = 0;
    const stop = new AbortController();
    const onTrouble = ({ message }: { readonly message: string }): void => {
      process.stderr.write(`${message}\n`);
    };
    for await (const { seq, picture } of sourceOf(what, options, pictures).frames({ signal: stop.signal, onTrouble })) {
      const from = performance.now();
      const look = await lookAt(picture, model, options);
      const ms = Math.round(performance.now() - from);
      const file = path.join(options.out, `frame-${String(seq).padStart(5, '0')}.jpg`);
      writeFileSync(file, pictures.encodeJpeg(drawn(picture, look.sightings, colourBy(model.labels)), 90));
      told({ frame: seq, ...look, ms, file }, options.json);
      looked++;
    }
    return looked > 0 ? 0 : 1;
  } finally {
    await infer.close();
  }
}

type Line = Awaited<ReturnType<typeof lookAt>> & { readonly frame: number; readonly ms: number; readonly file: string };

function told(line: Line, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const { frame, sightings, windows, ms, file } = line;
  process.stdout.write(
    `frame ${frame}: ${sightings.length} sightings in ${windows.looked} windows, ${ms} ms, ${file}\n`,
  );
  for (const { label, score, box } of sightings) {
    const [x0, y0, x1, y1] = [box.x0, box.y0, box.x1, box.y1].map(Math.round);
    process.stdout.write(`  ${label} ${score.toFixed(2)} at ${x0},${y0} to ${x1},${y1}\n`);
  }
}

const roles: Readonly<Record<Label['role'], Colour>> = {
  target: [255, 60, 40],
  interferent: [255, 200, 0],
  background: [160, 160, 160],
};

const colourBy =
  (labels: VisionModel['labels']) =>
  (label: string): Colour =>
    roles[labels.find(({ name }) => name === label)?.role ?? 'background'];

function sourceOf(what: string, { perSecond }: TryOptions, pictures: Pictures): FrameSource {
  const shared = { name: path.basename(what), clock: systemClock(), pictures };
  const stat = statSync(what, { throwIfNoEntry: false });
  if (!stat) throw new Fault('config', `${what}: is not there; must be a picture, a folder of pictures or a video`);
  if (stat.isDirectory()) return folderFrames({ ...shared, folder: what });
  if (/\.(jpe?g|png)$/i.test(what))
    return folderFrames({ ...shared, folder: path.dirname(what), only: path.basename(what) });
  return videoFrames({ ...shared, file: what, perSecond, startMs: null });
}
