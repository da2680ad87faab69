/** A flight over a place as the camera daemon takes it: its windows, its ground, its rule; nothing of it is written again here. */
import type { CameraProfile } from '../../camera/config.ts';
import { groundOf, lookOf } from '../../camera/ground/locate.ts';
import type { Scene } from '../../camera/ground/scene.ts';
import { vantageOf } from '../../camera/ground/vantage.ts';
import { nothingSeen, see } from '../../camera/line.ts';
import { watchOptions } from '../../camera/scenes.ts';
import { metresTo, spotAt } from '../../core/geo/local.ts';
import type { VisionModel } from '../../core/model/vision.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { PixelBox, Sighting } from '../../core/values/frame.ts';
import { gateOf } from '../../core/vision/gate.ts';
import { home, type Pass, type PassLook, stampOf } from './aerial-passes.ts';
import { type Counted, falseOf, isFound, sightingsAt } from './aerial-sightings.ts';

export interface Judging {
  readonly model: VisionModel;
  readonly section: CameraProfile;
  /** Of the card; that of the rule is the profile's. The first is the one that counts. */
  readonly thresholds: readonly number[];
}

export interface Flown {
  /** For each threshold: alerts of the whole pass, and sightings of its first picture. */
  readonly alerts: readonly Counted[];
  readonly once: readonly Counted[];
  /** On which land false alerts at the first threshold lie. */
  readonly where: readonly string[];
  readonly first: PassLook;
}

/** Errors: RangeError where the model was not made for the height or the scale of the pass. */
export async function flown(pass: Pass, { model, section, thresholds }: Judging): Promise<Flown> {
  const line = {
    watch: watchOptions(section, { device: 'air-1', camera: 'down', model: model.ref }),
    pictures: null,
  };
  const least = Math.min(...section.rules.map(({ minLooks }) => minLooks));
  const states = thresholds.map(() => nothingSeen);
  const said = thresholds.map(() => new Map<string, Alert>());
  const truths: PixelBox[][] = [];
  const where = new Map<string, string>();
  const first = pass.look(0);
  let once: readonly Counted[] = [];
  let any = false;
  for (let k = 0; k < pass.looks; k++) {
    const look = k === 0 ? first : pass.look(k);
    const scene = look.scene(section);
    const all = await sightingsOf(model, look, scene, thresholds);
    if (k === 0) once = all.map((sightings) => countedIn(look.plots, sightings));
    truths.push(look.plots.map((box) => groundBox(scene, box)));
    all.forEach((sightings, i) => {
      any ||= sightings.length > 0;
      const frame = { source: 'simulated', seq: k + 1, at: stampAt(k), dropped: 0, picture: look.picture };
      const state = states[i] ?? nothingSeen;
      const seen = see(line, state, { frame, sightings, isWhole: true, scene, flags: ['simulated'] });
      states[i] = seen.state;
      for (const alert of seen.alerts) {
        said[i]?.set(alert.id, alert);
        const [best] = sightings;
        if (i === 0 && alert.condition === 'raised' && best) where.set(alert.id, look.landAt(best.box));
      }
    });
    // Looks that are left could raise nothing any more.
    if (!any && pass.looks - k - 1 < least) break;
  }
  const plots = first.plots.map((_, p) => meanOf(truths.map((look) => look[p] as PixelBox)));
  const outlines = said.map((of) => [...of.values()].map((alert) => ({ id: alert.id, box: outlineOf(alert) })));
  return {
    first,
    once,
    alerts: outlines.map((of) => countedIn(plots, of)),
    where: falseOf(plots, outlines[0] ?? []).map(({ id }) => where.get(id) ?? 'unknown'),
  };
}

async function sightingsOf(model: VisionModel, look: PassLook, scene: Scene, thresholds: readonly number[]) {
  const vantage = vantageOf(scene);
  const gate = gateOf(model.card.ground ?? null, vantage);
  if (!gate.look) throw new RangeError(`a pass that the model is not asked about: ${gate.why}`);
  return sightingsAt(model, { picture: look.picture, gsdCm: vantage.gsdCm }, thresholds);
}

const countedIn = (plots: readonly PixelBox[], found: readonly Pick<Sighting, 'box'>[]): Counted => ({
  plots: plots.length,
  found: plots.filter((plot) => isFound(plot, found)).length,
  false: falseOf(plots, found).length,
});

const stampAt = (index: number) => ({
  ...{ wallMs: 1_750_000_000_000 + stampOf(index) / 1e6, monoNs: stampOf(index), boot: 'simulated' },
  ...{ synced: false, uncertaintyMs: null },
});

/**
 * Where the box would put the truth by what it is told, metres east and south of home. What a whole flight is off by is in it
 * as in what it is held against: how far off places are is `aerial.ground`'s to say.
 */
function groundBox(scene: Scene, box: PixelBox): PixelBox {
  const look = lookOf(scene);
  if (typeof look === 'string') throw new RangeError(`a pass without a pose: ${look}`);
  const { width, height } = scene.camera.lens;
  const within = (value: number, most: number): number => Math.max(0, Math.min(most, value));
  const [x0, y0, x1, y1] = [
    within(box.x0, width),
    within(box.y0, height),
    within(box.x1, width),
    within(box.y1, height),
  ];
  return around(
    [[x0, y0] as const, [x1, y0] as const, [x1, y1] as const, [x0, y1] as const].map((corner) => {
      const at = groundOf(look, corner);
      if (typeof at === 'string') throw new RangeError(`a corner of the truth without a place: ${at}`);
      return metresTo(home, spotAt(look.looking.eye, at));
    }),
  );
}

const outlineOf = ({ plot }: Alert): PixelBox =>
  around((plot?.outline[0] ?? []).map(([lon, lat]) => metresTo(home, { lat, lon })));

function around(places: readonly (readonly [north: number, east: number])[]): PixelBox {
  const [north, east] = [places.map(([n]) => n), places.map(([, e]) => e)];
  return { x0: Math.min(...east), y0: -Math.max(...north), x1: Math.max(...east), y1: -Math.min(...north) };
}

function meanOf(boxes: readonly PixelBox[]): PixelBox {
  const mean = (of: (box: PixelBox) => number): number => boxes.reduce((sum, box) => sum + of(box), 0) / boxes.length;
  return { x0: mean(({ x0 }) => x0), y0: mean(({ y0 }) => y0), x1: mean(({ x1 }) => x1), y1: mean(({ y1 }) => y1) };
}
