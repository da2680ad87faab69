/** A picture from straight above that things are painted on, lowest first: bodies with ragged edges, boxes, and shadows. */
import { noiseAt, type Waves } from './noise.ts';
import type { Rgb } from './palette.ts';

/** A rectangle of ground in metres, north up, that a picture shows. */
export interface View {
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
  readonly gsdM: number;
}

export interface Sun {
  /** On the ground away from the light: a unit vector. */
  readonly x: number;
  readonly y: number;
  /** Length of the shadow of one metre. */
  readonly long: number;
  /** What is left of the light in a shadow, red, green and blue. */
  readonly left: Rgb;
}

export interface Canvas {
  readonly view: View;
  readonly sun: Sun;
  readonly rgb: Uint8ClampedArray;
  readonly shaded: Uint8Array;
  /** 1 where leaves are. */
  readonly green: Uint8Array;
  /** Edges of bodies and their leaves. */
  readonly edge: Waves;
  readonly leaves: Waves;
}

/** A body that is round from above: a crown, a shrub, a plant, a stone. */
export interface Round {
  readonly kind: 'round';
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly h: number;
  readonly colour: Rgb;
  readonly green: boolean;
  /** How ragged the edge is and how deep the leaves are cut, 0 to 1. */
  readonly ragged: number;
  readonly depth: number;
}

/** A body with straight sides: a roof, a car, a panel. */
export interface Box {
  readonly kind: 'box';
  readonly x: number;
  readonly y: number;
  readonly halfLength: number;
  readonly halfWidth: number;
  /** Direction of the length: a unit vector. */
  readonly c: number;
  readonly s: number;
  readonly h: number;
  readonly colour: Rgb;
  /** Stripes across the length: metres from one to the next, 0 for none, and how dark. */
  readonly period: number;
  readonly dark: number;
  readonly green: boolean;
}

export type Thing = Round | Box;

interface Span {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

function spanOf({ x0, y0, width, height, gsdM }: View, x: number, y: number, reach: number): Span | null {
  const span = {
    x0: Math.max(0, Math.floor((x - reach - x0) / gsdM)),
    x1: Math.min(width, Math.ceil((x + reach - x0) / gsdM)),
    y0: Math.max(0, Math.floor((y - reach - y0) / gsdM)),
    y1: Math.min(height, Math.ceil((y + reach - y0) / gsdM)),
  };
  return span.x1 > span.x0 && span.y1 > span.y0 ? span : null;
}

function darken({ rgb, shaded, sun: { left } }: Canvas, at: number): void {
  if (shaded[at]) return;
  shaded[at] = 1;
  for (let c = 0; c < 3; c++) rgb[3 * at + c] = (rgb[3 * at + c] as number) * (left[c] as number);
}

/** Along the shadow an ellipse that reaches from the foot to where the top's shadow falls. */
function shade(canvas: Canvas, { x, y, h }: { readonly x: number; readonly y: number; readonly h: number }, r: number) {
  const { view, sun } = canvas;
  const long = (h * sun.long) / 2;
  const [mx, my, a] = [x + sun.x * long, y + sun.y * long, r + long];
  const span = spanOf(view, mx, my, a);
  if (!span) return;
  for (let py = span.y0; py < span.y1; py++) {
    const wy = view.y0 + (py + 0.5) * view.gsdM;
    for (let px = span.x0; px < span.x1; px++) {
      const wx = view.x0 + (px + 0.5) * view.gsdM;
      const along = ((wx - mx) * sun.x + (wy - my) * sun.y) / a;
      const across = ((wy - my) * sun.x - (wx - mx) * sun.y) / r;
      const q = along * along + across * across;
      if (q < 0.6 || (q < 1.3 && q + 0.8 * (noiseAt(canvas.edge, wx, wy) - 0.5) < 1))
        darken(canvas, py * view.width + px);
    }
  }
}

export function paintRound(canvas: Canvas, thing: Round): void {
  const { view, sun, rgb, shaded, green } = canvas;
  const { x, y, r, colour, ragged, depth } = thing;
  if (thing.h > 0) shade(canvas, thing, r);
  const span = spanOf(view, x, y, r * 1.25);
  if (!span) return;
  for (let py = span.y0; py < span.y1; py++) {
    const wy = view.y0 + (py + 0.5) * view.gsdM;
    const dy = (wy - y) / r;
    for (let px = span.x0; px < span.x1; px++) {
      const wx = view.x0 + (px + 0.5) * view.gsdM;
      const dx = (wx - x) / r;
      const q = dx * dx + dy * dy;
      if (q > 1.5 || q + 2 * ragged * (noiseAt(canvas.edge, wx, wy) - 0.5) > 1) continue;
      const leaf = noiseAt(canvas.leaves, wx, wy);
      const lit = (1 - 0.28 * (dx * sun.x + dy * sun.y)) * (1 + depth * (1.6 * leaf - 0.9));
      const at = py * view.width + px;
      for (let c = 0; c < 3; c++) rgb[3 * at + c] = (colour[c] as number) * lit;
      shaded[at] = 0;
      green[at] = thing.green ? 1 : 0;
    }
  }
}

export function paintBox(canvas: Canvas, thing: Box): void {
  const { view, rgb, shaded, green } = canvas;
  const { x, y, halfLength, halfWidth, c, s, colour, period, dark } = thing;
  const reach = halfLength + halfWidth;
  const { sun } = canvas;
  // A box throws its shadow as itself, moved step by step.
  const steps = thing.h > 0 ? Math.ceil(Math.min(12, (thing.h * sun.long) / (0.8 * halfWidth)) + 1) : 0;
  for (let step = 1; step <= steps; step++) {
    const far = (step / steps) * thing.h * sun.long;
    inBox(canvas, { ...thing, x: x + sun.x * far, y: y + sun.y * far }, reach, (at) => darken(canvas, at));
  }
  inBox(canvas, thing, reach, (at, along) => {
    const phase = period > 0 ? along / period - Math.floor(along / period) : 1;
    const lit = phase < 0.2 ? 1 - dark : 1;
    for (let k = 0; k < 3; k++) rgb[3 * at + k] = (colour[k] as number) * lit;
    shaded[at] = 0;
    green[at] = thing.green ? 1 : 0;
  });

  function inBox(on: Canvas, box: Box, far: number, visit: (at: number, along: number) => void): void {
    const span = spanOf(on.view, box.x, box.y, far);
    if (!span) return;
    for (let py = span.y0; py < span.y1; py++) {
      const wy = view.y0 + (py + 0.5) * view.gsdM - box.y;
      for (let px = span.x0; px < span.x1; px++) {
        const wx = view.x0 + (px + 0.5) * view.gsdM - box.x;
        const along = wx * c + wy * s;
        const across = wy * c - wx * s;
        if (along < -halfLength || along > halfLength || across < -halfWidth || across > halfWidth) continue;
        visit(py * view.width + px, along);
      }
    }
  }
}

export const paint = (canvas: Canvas, thing: Thing): void =>
  thing.kind === 'round' ? paintRound(canvas, thing) : paintBox(canvas, thing);
