/** The camera's line over its ports: frame after frame judged, looked at, placed, merged, kept and said. */
import type { CameraSection } from '../core/config/camera.ts';
import type { Running } from '../core/daemon/running.ts';
import { isFault } from '../core/ports/fault.ts';
import type { FrameSource } from '../core/ports/frames.ts';
import type { Spool } from '../core/ports/spool.ts';
import type { Alert } from '../core/values/alert.ts';
import type { BoxEvent } from '../core/values/envelope.ts';
import type { Flag } from '../core/values/flags.ts';
import type { Frame, Sighting } from '../core/values/frame.ts';
import type { CameraProfile } from './config.ts';
import { type Counts, counting, drained } from './counts.ts';
import type { Eyes } from './eyes.ts';
import type { Scene } from './ground/scene.ts';
import type { Ground } from './ground/terrain.ts';
import { type CameraLine, type CameraState, nothingSeen, type Said, see, wait } from './line.ts';
import { judgePicture, noPicture } from './picture-quality.ts';
import type { Poses } from './poses.ts';
import { tellPicture, tellUnplaced, troubles } from './troubles.ts';

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
  const { section, camera, line, ground, source, eyes, poses, spool, flags, say } = parts;
  const standing = troubles((news) => void say(news));
  let counts: Counts = counting();
  let memory: CameraState = {
    watch: ((await spool.recall('plots')) as CameraState['watch'] | undefined) ?? nothingSeen.watch,
    jpegs: ((await spool.recall('pictures')) as CameraState['jpegs'] | undefined) ?? nothingSeen.jpegs,
  };
  let [saved, savedMs, judged] = [memory, 0, noPicture];

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
  const looked = async (frame: Frame): Promise<readonly Sighting[] | null> => {
    try {
      const { sightings, tiles } = await eyes.look(frame.picture);
      counts = { ...counts, tiles: counts.tiles + tiles };
      standing.ended('model-fails');
      return sightings;
    } catch (error) {
      if (!isFault(error)) throw error;
      standing.began('model-fails', `${error.message}; this picture is not judged`);
      return null;
    }
  };
  const placed = async (frame: Frame, sightings: readonly Sighting[], more: readonly Flag[]): Promise<void> => {
    if (sightings.length > 0) await poseTold(frame);
    const scene: Scene = {
      camera: { lens: camera.lens, mount: camera.mount, u: camera.u },
      ...{ ground, poseAt: poses.at, monoNs: frame.at.monoNs, most: section.most },
    };
    const seen = see(line, memory, { frame, sightings, scene, flags: [...flags, ...more] });
    counts = {
      ...counts,
      sightings: counts.sightings + sightings.length,
      unplaced: counts.unplaced + seen.unplaced.length,
      alerts: counts.alerts + seen.alerts.length,
    };
    await keep(seen);
    tellUnplaced(standing, seen);
  };
  const one = async (frame: Frame): Promise<void> => {
    const begun = ctx.clock.now().monoNs;
    const [next, trouble] = judgePicture(judged, frame.picture, camera.lens);
    judged = next;
    counts = { ...counts, frames: counts.frames + 1, dropped: counts.dropped + frame.dropped };
    tellPicture(standing, trouble, { frame, wanted: camera.lens });
    if (trouble !== null && trouble !== 'overexposed') {
      counts = { ...counts, unusable: counts.unusable + 1 };
      return;
    }
    const sightings = await looked(frame);
    if (!sightings) return;
    await placed(frame, sightings, trouble === null ? [] : ['saturated']);
    counts = { ...counts, ms: [...counts.ms, (ctx.clock.now().monoNs - begun) / 1e6].slice(-1000) };
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
