/** `fieldpost camera replay`: a recorded flight at many thresholds at once, as a page for whoever tunes them. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { cameraProfile } from '../../../camera/config.ts';
import { lookOf } from '../../../camera/ground/locate.ts';
import type { Scene } from '../../../camera/ground/scene.ts';
import { grounded } from '../../../camera/ground/sightings.ts';
import { groundFrom } from '../../../camera/ground/tiles.ts';
import { vantageOf } from '../../../camera/ground/vantage.ts';
import { windowsOf } from '../../../camera/look.ts';
import { flown } from '../../../camera/recorded.ts';
import { cameraOf } from '../../../camera/scenes.ts';
import { systemClock } from '../../../core/adapters/clock.system.ts';
import { videoFrames } from '../../../core/adapters/frames.ffmpeg.ts';
import { folderFrames } from '../../../core/adapters/frames.folder.ts';
import { openLiteRtWorker } from '../../../core/adapters/infer.litert-worker.ts';
import { openPictures } from '../../../core/adapters/pictures.wasm.ts';
import type { Box } from '../../../core/config/box.ts';
import { parseValue } from '../../../core/config/parse.ts';
import { metresTo, type Spot } from '../../../core/geo/local.ts';
import { loadVision, type VisionModel } from '../../../core/model/vision.ts';
import { Fault } from '../../../core/ports/fault.ts';
import type { Frame, Picture, Sighting } from '../../../core/values/frame.ts';
import { gateOf } from '../../../core/vision/gate.ts';
import { resize, wholeOf } from '../../../core/vision/resize.ts';
import { sightingsAt } from '../../evaluate/aerial-sightings.ts';
import { type FlyOptions, recordingOf } from '../fly.ts';
import { pageOf } from './page.ts';
import type { PageData, PageFrame, PageSighting } from './shots.ts';

export interface ReplayOptions extends FlyOptions {
  readonly page: string;
  readonly models: string;
}

/** Beyond it no browser opens the page gladly. */
const mostFrames = 600;
const thumbnailPx = 560;
const steps = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998] as const;
const round = (x: number, digits: number): number => Number(x.toFixed(digits));

/** Says what it wrote. Nothing is activated, kept or sent. Errors: Fault `absent`, `config`, `protocol`, `refused`. */
export async function replayCamera(box: Box, options: ReplayOptions): Promise<string> {
  const { board, files } = box;
  const section = parseValue(`${files.profile} camera`, box.profile.camera ?? {}, cameraProfile);
  const camera = cameraOf(board, section, files.profile);
  const recording = recordingOf(box, options);
  const pictures = await openPictures();
  const infer = await openLiteRtWorker({ threads: 1 });
  try {
    const model = await loadVision({ folder: path.join(options.models, section.model.folder), infer });
    const clock = systemClock();
    const flight = flown(recording, clock);
    const shared = { name: camera.id, clock, pictures };
    const { source } = camera;
    if (source.kind !== 'video' && source.kind !== 'folder') throw new Fault('config', `${files.board}: no recording`);
    const recorded =
      source.kind === 'video'
        ? videoFrames({ ...shared, file: source.file, perSecond: recording.perSecond, startMs: null })
        : folderFrames({ ...shared, folder: source.folder });
    const card = model.card.thresholds.score;
    const thresholds = [...new Set([...steps, card])].sort((a, b) => a - b);
    const ground = groundFrom(section.ground);
    const frames: PageFrame[] = [];
    let [dropped, home, firstMs] = [0, null as Spot | null, 0];
    const stop = new AbortController();
    for await (const frame of flight.timed(recorded).frames({ signal: stop.signal, onTrouble: () => {} })) {
      const scene: Scene = {
        camera: { lens: camera.lens, mount: camera.mount, u: camera.u },
        ...{ ground, poseAt: flight.poses.at, monoNs: frame.at.monoNs, most: section.most },
      };
      if (frames.length === 0) firstMs = frame.at.wallMs;
      const look = lookOf(scene);
      home ??= typeof look === 'string' ? null : look.looking.eye;
      dropped += frame.dropped;
      const jpeg = Buffer.from(pictures.encodeJpeg(thumbnail(frame.picture), 70)).toString('base64');
      const shown = await shotOf(frame, { scene, model, thresholds, home });
      frames.push({ ...shown, jpeg, s: round((frame.at.wallMs - firstMs) / 1000, 2) });
      if (frames.length >= mostFrames) stop.abort();
    }
    if (frames.length === 0) throw new Fault('absent', `${files.board} ${camera.id}: its recording has no picture`);
    const data: PageData = {
      title: `${path.basename(options.log)} through ${camera.id} of ${box.device.device}`,
      ...{
        isSimulated: board.simulated,
        model: `${model.card.name} ${model.card.version}`,
        thresholds,
        dropped,
        frames,
      },
      ...{ width: camera.lens.width, height: camera.lens.height, own: thresholds.indexOf(card) },
    };
    writeFileSync(options.page, await pageOf(data));
    return `${frames.length} pictures at ${thresholds.length} thresholds in ${options.page}`;
  } finally {
    await infer.close();
  }
}

interface Shooting {
  readonly scene: Scene;
  readonly model: VisionModel;
  readonly thresholds: readonly number[];
  readonly home: Spot | null;
}

async function shotOf(
  { seq, picture }: Frame,
  { scene, model, thresholds, home }: Shooting,
): Promise<Omit<PageFrame, 'jpeg' | 's'>> {
  const vantage = vantageOf(scene);
  const from = performance.now();
  const all = await sightingsAt(model, { picture, gsdCm: vantage.gsdCm }, thresholds);
  const ms = Math.round(performance.now() - from);
  const footprint = grounded([], scene).footprint;
  const moved = (at: Spot, ring: readonly (readonly [number, number])[]): [number, number][] => {
    const [n, e] = home ? metresTo(home, at) : [0, 0];
    return ring.map(([north, east]) => [round(n + north, 1), round(e + east, 1)]);
  };
  const shown = (one: Sighting): PageSighting => {
    const { placed, unplaced } = grounded([one], scene);
    const [at] = placed;
    const { x0, y0, x1, y1 } = one.box;
    return {
      ...{ label: one.label, score: round(one.score, 3), box: [x0, y0, x1, y1].map(Math.round) as never },
      ground: at ? moved(at.ground, at.ground.ring) : (unplaced[0]?.why ?? 'no-position'),
    };
  };
  return {
    ...{ seq, ...vantage, ms, tiles: windowsOf(picture, model, vantage.gsdCm).length },
    why: gateOf(model.card.ground ?? null, vantage).why,
    footprint: footprint && moved(footprint, footprint.ring),
    sightings: all.map((ofOne) => ofOne.map(shown)),
  };
}

function thumbnail(picture: Picture): Picture {
  const scale = Math.min(1, thumbnailPx / picture.width);
  const size = { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) };
  return resize(picture, wholeOf(picture), size, 'area');
}
