/** What a picture's sightings become: placed, pictured, merged, said. Everything but the clock and the spool is in here. */
import { metresTo } from '../core/geo/local.ts';
import type { Item } from '../core/ports/spool.ts';
import type { Alert } from '../core/values/alert.ts';
import type { BoxEvent } from '../core/values/envelope.ts';
import type { Flag } from '../core/values/flags.ts';
import type { Frame, Sighting } from '../core/values/frame.ts';
import type { Stamp } from '../core/values/stamp.ts';
import { cuesOf } from '../core/vision/cues.ts';
import type { Infrared } from '../core/vision/vegetation.ts';
import { type EncodeJpeg, evidencePicture, type PictureBudget } from './evidence/picture.ts';
import type { Unplaced } from './ground/locate.ts';
import type { Scene } from './ground/scene.ts';
import { grounded, type PlacedSighting } from './ground/sightings.ts';
import type { GroundLook, GroundSighting } from './plots/sighting.ts';
import { nothingKnown, type WatchOptions, type WatchState, waited, watch } from './plots/watch.ts';

export interface CameraLine {
  readonly watch: WatchOptions;
  readonly pictures: (PictureBudget & { readonly encode: EncodeJpeg }) | null;
  /** As the board has it of the camera. */
  readonly infrared?: Infrared | undefined;
}

/** Plain JSON. `jpegs`: of plots that may still speak, by hash, in base64: every word of an alert but the first carries its picture. */
export interface CameraState {
  readonly watch: WatchState;
  readonly jpegs: Readonly<Record<string, string>>;
}
export const nothingSeen: CameraState = { watch: nothingKnown, jpegs: {} };

export interface Said {
  readonly state: CameraState;
  readonly alerts: readonly Alert[];
  readonly items: readonly Item[];
}

export interface Seen extends Said {
  readonly unplaced: readonly { readonly sighting: Sighting; readonly why: Unplaced }[];
  readonly placed: number;
}

export interface FrameSeen {
  readonly frame: Frame;
  readonly sightings: readonly Sighting[];
  /** Whether all of it was looked at: a place that was not looked at is not empty. */
  readonly isWhole: boolean;
  readonly scene: Scene;
  readonly flags: readonly Flag[];
}

/** Pictures made for one frame, and kept for words to come, and sightings of one frame asked for their cues, at the most. */
const most = { made: 4, kept: 24, cues: 8 } as const;
/** A known plot this near, with a picture of a better look, needs no other. */
const nearM = 15;

export function see(line: CameraLine, state: CameraState, seen: FrameSeen): Seen {
  const { frame, sightings, isWhole, scene, flags } = seen;
  const { placed, unplaced, footprint } = grounded(sightings, scene);
  const made: Record<string, string> = {};
  const pictured = placed.map((one, i): GroundSighting => {
    const { box } = one.sighting;
    const cues = i < most.cues ? cuesOf(frame.picture, box, one.ground.metresPerPixel, line.infrared ?? null) : null;
    const ground = cues ? { ...one.ground, cues } : one.ground;
    if (Object.keys(made).length >= most.made || !wantsPicture(line, state, one)) return ground;
    const picture = pictureOf(line, one, frame);
    if (!picture?.jpeg) return ground;
    const { jpeg, ...facts } = picture;
    made[facts.sha256] = jpeg;
    return { ...ground, picture: facts };
  });
  const look: GroundLook = { at: frame.at, sightings: pictured, footprint: isWhole ? footprint : null, flags };
  const [next, ...alerts] = watch(line.watch)(state.watch, look);
  const body: BoxEvent = {
    type: 'sightings',
    severity: 'info',
    at: frame.at,
    message: `${line.watch.camera}: ${placed.length} placed, ${unplaced.length} not`,
    detail: {
      ...{ camera: line.watch.camera, source: frame.source, frame: frame.seq, model: line.watch.model, look },
      unplaced: unplaced.map(({ sighting: { label, score, box }, why }) => ({ label, score, box, why })),
    },
  };
  const event: Item = { stream: 'event', at: frame.at, body };
  const said = spoken({ watch: next, jpegs: { ...state.jpegs, ...made } }, alerts);
  // A picture that shows a known place and nothing there counts too: whatever changed what is known is kept.
  const changed = next.plots.some((plot, i) => plot !== state.watch.plots[i]);
  const before = sightings.length > 0 || alerts.length > 0 || changed ? [event] : [];
  return { ...said, items: [...before, ...said.items], unplaced, placed: placed.length };
}

/** Time goes on without a picture. */
export function wait(line: CameraLine, state: CameraState, at: Stamp): Said {
  const [next, ...alerts] = waited(line.watch)(state.watch, at);
  return spoken({ ...state, watch: next }, alerts);
}

function spoken(state: CameraState, bare: readonly Alert[]): Said {
  const alerts = bare.map((one) => dressed(one, state.jpegs));
  return {
    state: { watch: state.watch, jpegs: stillNeeded(state) },
    alerts,
    items: alerts.map((body) => ({ stream: 'alert' as const, at: body.at, body })),
  };
}

function dressed(alert: Alert, jpegs: CameraState['jpegs']): Alert {
  const picture = alert.plot?.picture;
  const jpeg = picture ? jpegs[picture.sha256] : undefined;
  if (!alert.plot || !picture || jpeg === undefined) return alert;
  return { ...alert, plot: { ...alert.plot, picture: { ...picture, jpeg } } };
}

/** Of plots with an open alert first, then of those seen last; the same object when nothing changes. */
function stillNeeded({ watch: { plots }, jpegs }: CameraState): CameraState['jpegs'] {
  const order = [...plots].sort(
    (a, b) => Number(b.open !== null) - Number(a.open !== null) || b.last.wallMs - a.last.wallMs,
  );
  const needed = new Set(order.flatMap(({ picture }) => (picture ? [picture.sha256] : [])).slice(0, most.kept));
  return Object.fromEntries(Object.entries(jpegs).filter(([hash]) => needed.has(hash)));
}

function wantsPicture(
  { watch: { rules } }: CameraLine,
  { watch: { plots } }: CameraState,
  { ground }: PlacedSighting,
): boolean {
  const rule = rules.find(({ label }) => label === ground.label);
  if (!rule || ground.score < rule.on) return false;
  return !plots.some(
    (plot) =>
      plot.label === ground.label &&
      plot.picture !== null &&
      plot.score >= ground.score &&
      Math.hypot(...metresTo(plot, ground)) < nearM,
  );
}

function pictureOf({ pictures }: CameraLine, { sighting, ground, placed }: PlacedSighting, frame: Frame) {
  // Where it is not known what a pixel covers, nobody can say that a picture is coarse enough.
  if (!pictures || !(ground.metresPerPixel > 0)) return null;
  const { lat, lon, ceM } = placed;
  const facts = { lat, lon, ceM, wallMs: frame.at.wallMs, metresPerPixel: ground.metresPerPixel };
  return evidencePicture(frame.picture, sighting.box, facts, pictures);
}
