/** The camera's line over its ports: frame after frame judged, looked at, placed, merged, kept and said. */
import type { CameraSection } from '../core/config/camera.ts';
import type { Running } from '../core/daemon/running.ts';
import { isFault } from '../core/ports/fault.ts';
import type { FrameSource } from '../core/ports/frames.ts';
import type { Spool } from '../core/ports/spool.ts';
import type { Alert } from '../core/values/alert.ts';
import type { BoxEvent } from '../core/values/envelope.ts';
import type { Flag } from '../core/values/flags.ts';
import type { Frame } from '../core/values/frame.ts';
import { exposed, noExposure } from '../core/vision/exposure.ts';
import type { CameraProfile } from './config.ts';
import { type Counts, counting, drained } from './counts.ts';
import type { Eyes } from './eyes.ts';
import type { Scene } from './ground/scene.ts';
import type { Ground } from './ground/terrain.ts';
import { vantageOf } from './ground/vantage.ts';
import { type CameraLine, type CameraState, nothingSeen, type Said, see, wait } from './line.ts';
import type { LookedWithin } from './look-within.ts';
import type { Poses } from './poses.ts';
import type { Preview } from './preview/desk.ts';
import { isBlind, type PictureTrouble, tellGate, tellPicture, tellUnplaced, troubles } from './troubles.ts';

export interface Watching {
  readonly section: CameraProfile;
  readonly camera: CameraSection;
  readonly line: CameraLine;
  readonly ground: Ground;
  readonly source: FrameSource;
  readonly eyes: Eyes;
  readonly poses: Poses;
  readonly spool: Spool;
  readonly flags: readonly Flag[];
  readonly preview: Pick<Preview, 'take' | 'gate'>;
  /** Milliseconds of a clock that goes on while a picture is looked at: that of a recorded flight stands still. */
  nowMs(): number;
  say(news: Omit<BoxEvent, 'at'>): Promise<void>;
}

/** How long the pose of a picture is waited for, ms: longer than two messages of a slow autopilot are apart. */
const poseWaitMs = 600;
const poseLookMs = 20;
/** How often alerts are looked after while no picture comes, and what is known is kept at the most, ms. */
const withoutPictureMs = 5000;
const saveEveryMs = 10_000;

/** Runs until `ctx.signal` aborts or the source ends. Errors: those of the source that no waiting mends. */
export async function watchFrames(parts: Watching, ctx: Running): Promise<void> {
  const { section, camera, line, ground, source, eyes, poses, spool, flags, preview, say } = parts;
  const standing = troubles((news) => void say(news));
  let counts: Counts = counting();
  let memory: CameraState = {
    watch: ((await spool.recall('plots')) as CameraState['watch'] | undefined) ?? nothingSeen.watch,
    jpegs: ((await spool.recall('pictures')) as CameraState['jpegs'] | undefined) ?? nothingSeen.jpegs,
  };
  let [saved, savedMs, exposure] = [memory, 0, noExposure];

  const keep = async (said: Said): Promise<void> => {
    memory = said.state;
    if (said.items.length === 0) return;
    const nowMs = ctx.clock.now().monoNs / 1e6;
    // What is known goes with every alert; between them seldom, for it is larger than what changed.
    const due = said.alerts.length > 0 || nowMs - savedMs >= saveEveryMs;
    const hashes = ({ jpegs }: CameraState): string => Object.keys(jpegs).join();
    const pictures = hashes(memory) === hashes(saved) ? {} : { pictures: memory.jpegs };
    const state = due ? { plots: memory.watch, ...pictures } : {};
    if (due) [saved, savedMs] = [memory, nowMs];
    const kept = await spool.append(said.items, state);
    for (const alert of said.alerts) logAlert(alert, kept.where, ctx);
  };
  const poseTold = async ({ at }: Frame): Promise<void> => {
    const from = ctx.clock.now().monoNs;
    while (!poses.isPast(at.monoNs) && ctx.clock.now().monoNs - from < poseWaitMs * 1e6 && !ctx.signal.aborted)
      await ctx.clock.sleep(poseLookMs, 'pose of a picture', ctx.signal);
  };
  const sceneOf = ({ at }: Frame): Scene => ({
    camera: { lens: camera.lens, mount: camera.mount, u: camera.u },
    ...{ ground, poseAt: poses.at, monoNs: at.monoNs, most: section.most },
  });
  const looked = async (frame: Frame): Promise<LookedWithin | null> => {
    try {
      const look = await eyes.look(frame.picture, vantageOf(sceneOf(frame)));
      const { all, looked: tiles } = look.windows;
      counts = { ...counts, tiles: counts.tiles + tiles, tilesLeft: counts.tilesLeft + all - tiles };
      standing.ended('model-fails');
      tellGate(standing, look);
      preview.gate(look);
      return look;
    } catch (error) {
      if (!isFault(error)) throw error;
      standing.began('model-fails', `${error.message}; this picture is not judged`);
      return null;
    }
  };
  const placed = async (frame: Frame, { sightings, windows }: LookedWithin, more: readonly Flag[]): Promise<void> => {
    if (sightings.length > 0) await poseTold(frame);
    const isWhole = windows.looked === windows.all;
    const seen = see(line, memory, { frame, sightings, isWhole, scene: sceneOf(frame), flags: [...flags, ...more] });
    counts = {
      ...counts,
      sightings: counts.sightings + sightings.length,
      unplaced: counts.unplaced + seen.unplaced.length,
      alerts: counts.alerts + seen.alerts.length,
    };
    await keep(seen);
    tellUnplaced(standing, seen);
  };
  const judged = ({ picture }: Frame): readonly PictureTrouble[] => {
    if (picture.width !== camera.lens.width || picture.height !== camera.lens.height) {
      exposure = noExposure;
      return ['wrong-size'];
    }
    const [next, found] = exposed(exposure, picture);
    exposure = next;
    return found;
  };
  const one = async (frame: Frame): Promise<void> => {
    const begun = parts.nowMs();
    const found = judged(frame);
    const lateMs = Math.max(0, (ctx.clock.now().monoNs - frame.at.monoNs) / 1e6);
    preview.take({ frame, found, scene: () => sceneOf(frame) }, lateMs);
    counts = { ...counts, frames: counts.frames + 1, dropped: counts.dropped + frame.dropped };
    tellPicture(standing, found, { frame, wanted: camera.lens });
    if (found.some(isBlind)) {
      counts = { ...counts, unusable: counts.unusable + 1 };
      return;
    }
    if (eyes.scaled) await poseTold(frame);
    const look = await looked(frame);
    if (!look) return;
    if (!look.isAsked) counts = { ...counts, notAsked: counts.notAsked + 1 };
    else if (look.why !== null) counts = { ...counts, notGated: counts.notGated + 1 };
    if (!look.isAsked) return;
    await placed(frame, look, found.length === 0 ? [] : ['saturated']);
    counts = { ...counts, ms: [...counts.ms, parts.nowMs() - begun].slice(-1000) };
  };
  const health = async (message: string): Promise<void> => {
    const detail = {
      ...drained(counts),
      depth: await spool.depth(),
      rssMb: Math.round(process.memoryUsage().rss / 1e6),
    };
    counts = counting();
    await say({ type: 'health', severity: 'info', message, detail });
  };

  const over = new AbortController();
  const looksAfter = async (): Promise<void> => {
    let healthDueMs = 0;
    while (!over.signal.aborted) {
      const now = ctx.clock.now();
      await keep(wait(line, memory, now));
      if (now.monoNs / 1e6 >= healthDueMs) {
        healthDueMs = now.monoNs / 1e6 + section.healthEveryMs;
        await health('the camera is watching');
      }
      await ctx.clock.sleep(withoutPictureMs, 'a picture', over.signal);
    }
  };
  const onTrouble: Parameters<FrameSource['frames']>[0]['onTrouble'] = ({ what, message, retryMs }) => {
    counts = { ...counts, troubles: counts.troubles + 1 };
    void say({ type: `camera-${what}`, severity: 'warning', message, detail: { camera: camera.id, retryMs } });
  };
  const lookingAfter = looksAfter();
  try {
    for await (const frame of source.frames({ signal: ctx.signal, onTrouble })) {
      await one(frame);
      ctx.progress();
    }
  } finally {
    over.abort();
    await lookingAfter;
  }
  await health('the camera stopped watching');
}

function logAlert({ id, rev, kind, condition }: Alert, where: 'disk' | 'memory', { log }: Running): void {
  const what = { alert: id, rev, kind };
  if (where === 'disk') log.info(`alert ${condition}`, what);
  else log.warn(`alert ${condition} in memory: the disk refuses it`, what);
}
