/** From what a model found in a picture to outlines on the ground. Pure. */
import { metresTo, type Spot, spotAt } from '../../core/geo/local.ts';
import type { PixelBox, Sighting } from '../../core/values/frame.ts';
import type { GroundSighting } from '../plots/sighting.ts';
import type { Plane } from './lens.ts';
import { groundOf, isPlaced, type Look, locate, lookOf, type Placed, type Unplaced } from './locate.ts';
import { wholeOf } from './parts.ts';
import { middleOf, type Ring, shifted } from './ring.ts';
import type { Scene } from './scene.ts';

export interface PlacedSighting {
  readonly sighting: Sighting;
  readonly ground: GroundSighting;
  readonly placed: Placed;
}

export interface Grounded {
  readonly placed: readonly PlacedSighting[];
  readonly unplaced: readonly { readonly sighting: Sighting; readonly why: Unplaced }[];
  readonly footprint: (Spot & { readonly ring: Ring }) | null;
}

const mostCorners = 64;
/** Pixels from the edge at which an outline counts as cut by it. */
const edgePx = 2;

export function grounded(sightings: readonly Sighting[], scene: Scene): Grounded {
  const look = lookOf(scene);
  if (typeof look === 'string')
    return { placed: [], unplaced: sightings.map((sighting) => ({ sighting, why: look })), footprint: null };
  const placed: PlacedSighting[] = [];
  const unplaced: { sighting: Sighting; why: Unplaced }[] = [];
  for (const sighting of sightings) {
    const one = onGround(look, sighting);
    if (typeof one === 'string') unplaced.push({ sighting, why: one });
    else placed.push(one);
  }
  return { placed: wholes(placed), unplaced, footprint: footprintOf(look) };
}

/** What one picture shows in parts that touch is one plot. The surest part keeps its place's certainty. */
function wholes(placed: readonly PlacedSighting[]): readonly PlacedSighting[] {
  const kept: PlacedSighting[] = [];
  const waiting = placed.toSorted((a, b) => b.ground.score - a.ground.score);
  for (let one = waiting.shift(); one; one = waiting.shift()) {
    const best = one;
    const index = waiting.findIndex(
      (other) => best.ground.label === other.ground.label && joined(best, other) !== null,
    );
    const [other] = index < 0 ? [] : waiting.splice(index, 1);
    const whole = other && joined(best, other);
    // What became larger may touch a third.
    if (whole) waiting.unshift(whole);
    else kept.push(best);
  }
  return kept;
}

function joined(a: PlacedSighting, b: PlacedSighting): PlacedSighting | null {
  const whole = wholeOf(a.ground.ring, shifted(b.ground.ring, metresTo(a.ground, b.ground)));
  if (!whole) return null;
  const [north, east] = middleOf(whole);
  const [p, q] = [a.sighting.box, b.sighting.box];
  const box = {
    ...{ x0: Math.min(p.x0, q.x0), y0: Math.min(p.y0, q.y0) },
    ...{ x1: Math.max(p.x1, q.x1), y1: Math.max(p.y1, q.y1) },
  };
  return {
    sighting: { label: a.sighting.label, score: a.sighting.score, box },
    ground: {
      ...a.ground,
      ...spotAt(a.ground, [north, east]),
      ring: shifted(whole, [-north, -east]).map(([n, e]) => [round(n), round(e)] as const),
      cut: a.ground.cut || b.ground.cut,
      metresPerPixel: Math.min(a.ground.metresPerPixel, b.ground.metresPerPixel),
    },
    placed: { ...a.placed, ...spotAt(a.ground, [north, east]) },
  };
}

/** Where one corner cannot be placed nothing is: half an outline is another plot. */
function onGround(look: Look, sighting: Sighting): PlacedSighting | Unplaced {
  const corners = cornersOf(sighting);
  const middle = middleOf(corners) as Plane;
  const placed = locate(look, middle);
  if (!isPlaced(placed)) return placed;
  const ring: Ring[number][] = [];
  for (const corner of corners) {
    const at = groundOf(look, corner);
    if (typeof at === 'string') return at;
    ring.push(at);
  }
  const [north, east] = middleOf(ring);
  const { lens } = look.scene.camera;
  const { label, score, box } = sighting;
  const ground: GroundSighting = {
    ...{ label, score, ...spotAt(look.looking.eye, [north, east]) },
    covariance: placed.covariance,
    ring: shifted(ring, [-north, -east]).map(([n, e]) => [round(n), round(e)] as const),
    cut: box.x0 < edgePx || box.y0 < edgePx || box.x1 > lens.width - edgePx || box.y1 > lens.height - edgePx,
    metresPerPixel: finestIn(look, box) ?? 0,
    picture: null,
  };
  return { sighting, ground, placed };
}

/** To a millimetre: it is kept as text. */
const round = (metres: number): number => Math.round(metres * 1000) / 1000;

function cornersOf({ outline, box }: Sighting): Ring {
  const open = outline && outline.length > 3 ? outline.slice(0, -1) : null;
  if (!open) {
    const { x0, y0, x1, y1 } = box;
    return [
      [x0, y0],
      [x1, y0],
      [x1, y1],
      [x0, y1],
    ];
  }
  const step = Math.ceil(open.length / mostCorners);
  return open.filter((_, i) => i % step === 0);
}

/** The least ground that a pixel covers in a box, along rows or columns, metres; null where no corner of it can be placed. */
export function finestIn(look: Look, { x0, y0, x1, y1 }: PixelBox): number | null {
  const apart = (a: Plane, b: Plane): number[] => {
    const [from, to] = [groundOf(look, a), groundOf(look, b)];
    return typeof from === 'string' || typeof to === 'string' ? [] : [Math.hypot(to[0] - from[0], to[1] - from[1])];
  };
  const points = [
    [x0, y0],
    [x1 - 1, y0],
    [x0, y1 - 1],
    [x1 - 1, y1 - 1],
    [(x0 + x1 - 1) / 2, (y0 + y1 - 1) / 2],
  ] as const;
  const steps = points.flatMap(([x, y]) => [...apart([x, y], [x + 1, y]), ...apart([x, y], [x, y + 1])]);
  return steps.length === 0 ? null : Math.min(...steps);
}

/** Null where an edge of the picture cannot be placed: it may then show anything. */
function footprintOf(look: Look): Grounded['footprint'] {
  const { width: w, height: h } = look.scene.camera.lens;
  const ring: Ring[number][] = [];
  for (const at of [
    [0, 0],
    [w / 2, 0],
    [w, 0],
    [w, h / 2],
    [w, h],
    [w / 2, h],
    [0, h],
    [0, h / 2],
  ] as const) {
    const met = groundOf(look, at);
    if (typeof met === 'string') return null;
    ring.push([round(met[0]), round(met[1])]);
  }
  const { lat, lon } = look.looking.eye;
  return { lat, lon, ring };
}
