/**
 * The camera daemon: frames -> judge -> tile -> infer -> project to ground -> merge -> keep -> alert -> keep. This file is the
 * composition root: it names the adapters; `watching.ts` is the line.
 */
import path from 'node:path';
import { noGate, openCaptureGate } from '../core/adapters/capture-gate.feed.ts';
import { readFeed } from '../core/adapters/feed.unix.ts';
import { rtspFrames, v4l2Frames, videoFrames } from '../core/adapters/frames.ffmpeg.ts';
import { folderFrames } from '../core/adapters/frames.folder.ts';
import { rpicamFrames } from '../core/adapters/frames.rpicam.ts';
import { openLiteRtPlaced } from '../core/adapters/infer.litert-placed.ts';
import { type LineServer, serveLines } from '../core/adapters/lines.unix.ts';
import { openPictures } from '../core/adapters/pictures.wasm.ts';
import { openSpool } from '../core/adapters/spool.sqlite.ts';
import { openStorageKey } from '../core/adapters/storage-key.tpm.ts';
import type { Box } from '../core/config/box.ts';
import type { CameraSection, FrameSourceSection } from '../core/config/camera.ts';
import { parseValue } from '../core/config/parse.ts';
import type { Running } from '../core/daemon/running.ts';
import { activateVision } from '../core/model/activate-vision.ts';
import { signerKey } from '../core/model/card-signature.ts';
import type { Clock } from '../core/ports/clock.ts';
import { Fault, isFault } from '../core/ports/fault.ts';
import type { FrameSource } from '../core/ports/frames.ts';
import type { Pictures } from '../core/ports/pictures.ts';
import type { Spool } from '../core/ports/spool.ts';
import { longestPreviewRequest } from '../core/procedure/preview-link.ts';
import { spoolSection } from '../core/spool/section.ts';
import type { BoxEvent } from '../core/values/envelope.ts';
import { type CameraProfile, cameraProfile } from './config.ts';
import type { Eyes } from './eyes.ts';
import { eyesOf } from './eyes-of.ts';
import { gated } from './gated.ts';
import { groundFrom } from './ground/tiles.ts';
import type { CameraLine } from './line.ts';
import { poses } from './poses.ts';
import { openPreview, type Preview } from './preview/desk.ts';
import { flown, type Recording } from './recorded.ts';
import { cameraOf, watchOptions } from './scenes.ts';
import { watchFrames } from './watching.ts';

export interface CameraConfig {
  readonly box: Box;
  /** The box's state folder: spool/ is in it. */
  readonly state: string;
  readonly models: string;
  /** The socket of the box's feed. */
  readonly feed: string;
  /** Where pictures come from and what finds things in them, when it is not what the files say: for tests of the rest. */
  readonly instead?: { readonly source: FrameSource; readonly eyes: Eyes } | undefined;
  /** A flight that was recorded, in the place of the feed and of the clock; what the camera's source gives are its pictures. */
  readonly recording?: Recording | undefined;
}

/** Runs until `ctx.signal` aborts or the source ends. */
export async function cameraLine(config: CameraConfig, machine: Running): Promise<void> {
  const { box, state, models, feed, instead, recording } = config;
  const { board, device } = box;
  if (recording && !board.simulated)
    throw new Fault(
      'config',
      `${box.files.board} simulated: is false; a recorded flight is laid into the present, which only a simulated board may say`,
    );
  const replayed = recording && flown(recording, machine.clock);
  const ctx = replayed ? { ...machine, clock: replayed.clock } : machine;
  const section = parseValue(`${box.files.profile} camera`, box.profile.camera ?? {}, cameraProfile);
  const camera = cameraOf(board, section, box.files.profile);
  const ground = groundFrom(section.ground);
  const pictures = await openPictures();
  const eyes =
    instead?.eyes ?? (await openEyes(section, { models, pictures, infrared: camera.infrared, clock: machine.clock }));
  const storageKey = await openStorageKey({ folder: path.join(state, 'identity'), tcti: board.tpm?.tcti });
  const spool = await openSpool({
    master: storageKey.key,
    path: path.join(state, 'spool', 'camera.db'),
    device: device.device,
    section: parseValue(`${box.files.profile} spool`, box.profile.spool ?? {}, spoolSection),
    log: ctx.log,
    signing: { keyFile: path.join(state, 'identity', 'device.key'), everyMs: section.evidence.sealEveryMs },
  });
  const say = sayer(spool, ctx);
  if (storageKey.state === 'locked')
    await say({ type: 'storage-key-locked', severity: 'error', message: storageKey.message, detail: {} });
  if (spool.unsigned !== null)
    await say({ type: 'not-signed', severity: 'warning', message: spool.unsigned, detail: {} });
  const deaf = ctx.clock.onNews?.((news) => void say(news));

  const line: CameraLine = {
    watch: watchOptions(section, { device: device.device, camera: camera.id, model: eyes.model }),
    pictures: section.pictures === false ? null : { ...section.pictures, encode: pictures.encodeJpeg },
    infrared: camera.infrared,
  };
  const told = replayed?.poses ?? poses();
  const reading = replayed ? null : readFeed(feed, ctx.clock.now().boot, { onValue: told.take, onLost: () => {} });
  // A recording was captured before: nothing of it can be let through or held back by the feed of now.
  const isGated = box.profile.sortie && !replayed;
  const gate = isGated ? openCaptureGate(feed, ctx.clock, (said) => void say(said)) : noGate;
  ctx.log.info('watching', { camera: camera.id, model: eyes.model?.name ?? null, spool: spool.id });
  const nowMs = (): number => machine.clock.now().monoNs / 1e6;
  const preview = openPreview({
    ...{ source: camera.id, simulated: board.simulated, encode: pictures.encodeJpeg, nowMs, say },
    sleep: (ms) => machine.clock.sleep(ms, 'a picture to aim by', machine.signal),
  });
  const served = await servePreview(path.join(state, 'camera.sock'), preview, say);
  const letGo = (): void => {
    ctx.progress();
    preview.shut();
  };
  const source = instead?.source ?? openSource(camera.source, { name: camera.id, clock: ctx.clock, pictures });
  await watchFrames(
    {
      ...{ section, camera, line, ground, eyes, poses: told, spool, preview, say },
      source: gated(replayed?.timed(source) ?? source, gate.covers, letGo),
      flags: board.simulated ? ['simulated'] : [],
      nowMs,
    },
    ctx,
  );
  await served?.close();
  gate.close();
  reading?.close();
  deaf?.();
  await eyes.close();
  await spool.close();
}

interface Sight {
  readonly models: string;
  readonly pictures: Pictures;
  readonly infrared: CameraSection['infrared'];
  readonly clock: Clock;
}

/** Errors: Fault `refused` when the model may not decide on this box, with what is wrong with it. */
async function openEyes(
  { model: { folder, purpose, labels, signers }, tiles: { ios, budgetMs } }: CameraProfile,
  { models, pictures, infrared, clock }: Sight,
): Promise<Eyes> {
  const activation = {
    ...{ folder: path.join(models, folder), infer: await openLiteRtPlaced(), pictures },
    allow: { purpose, labels },
    signers: signers.map((pem, i) => signerKey(pem, `camera.model.signers.${i}`)),
  };
  const nowMs = (): number => clock.now().monoNs / 1e6;
  return eyesOf(() => activateVision(activation), { budgetMs, ios, infrared, nowMs });
}

function openSource(
  section: FrameSourceSection,
  shared: { readonly name: string; readonly clock: Clock; readonly pictures: Pictures },
): FrameSource {
  switch (section.kind) {
    case 'folder':
      return folderFrames({ ...shared, folder: section.folder });
    case 'rpicam':
      return rpicamFrames({ ...shared, ...section });
    case 'v4l2':
      return v4l2Frames({ ...shared, ...section });
    case 'rtsp':
      return rtspFrames({ ...shared, ...section });
    case 'video':
      return videoFrames({ ...shared, ...section, startMs: null });
  }
}

/** Null where it cannot be served: without a preview a camera watches as ever. */
async function servePreview(
  file: string,
  preview: Preview,
  say: (news: Omit<BoxEvent, 'at'>) => Promise<void>,
): Promise<LineServer | null> {
  try {
    return await serveLines(file, { longest: longestPreviewRequest, mostClients: 8 }, ({ send }) => ({
      onLine: (line) => void preview.answer(line).then((reply) => send(JSON.stringify(reply))),
      onClose: () => {},
    }));
  } catch (error) {
    if (!isFault(error)) throw error;
    const message = `${error.message}; nobody can aim by a preview until the next start, everything else goes on`;
    await say({ type: 'preview-absent', severity: 'warning', message, detail: { kind: error.kind } });
    return null;
  }
}

/** Events go to the spool and to the log: a technician at the box and an operator far away read the same words. */
const sayer =
  (spool: Spool, ctx: Running) =>
  async (said: Omit<BoxEvent, 'at'>): Promise<void> => {
    const at = ctx.clock.now();
    const { severity, type, message, detail } = said;
    if (type !== 'health') ctx.log[severity === 'warning' ? 'warn' : severity](message, detail);
    await spool.append([{ stream: 'event', at, body: { ...said, at } }]);
  };
