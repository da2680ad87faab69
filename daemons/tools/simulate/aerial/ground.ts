/** The bare ground of a scene: the colours and furrows of its patches, and a road. */
import type { Canvas } from './canvas.ts';
import type { Furrow, Ground } from './land.ts';
import { noiseAt } from './noise.ts';
import type { Rgb } from './palette.ts';
import type { Scene } from './scene.ts';

export interface Road {
  readonly c: number;
  readonly s: number;
  readonly x: number;
  readonly y: number;
  readonly half: number;
  readonly colour: Rgb;
  covers(x: number, y: number): boolean;
}

/** Cells of the map of patches are half a metre. */
const perM = 2;

export function groundOf({ patches, map, mapSide, road }: Scene, { view, rgb, green }: Canvas): void {
  const { x0, y0, width, height, gsdM } = view;
  for (let py = 0; py < height; py++) {
    const y = y0 + (py + 0.5) * gsdM;
    for (let px = 0; px < width; px++) {
      const x = x0 + (px + 0.5) * gsdM;
      const at = py * width + px;
      if (road?.covers(x, y)) {
        for (let c = 0; c < 3; c++) rgb[3 * at + c] = road.colour[c] as number;
        continue;
      }
      const column = Math.max(0, Math.min(mapSide - 1, Math.floor(x * perM)));
      const row = Math.max(0, Math.min(mapSide - 1, Math.floor(y * perM)));
      const patch = patches[map[row * mapSide + column] as number];
      if (patch) green[at] = colour(patch.ground, rgb, 3 * at, x, y);
    }
  }
}

/** Writes a pixel and says whether leaves grow there. */
function colour(ground: Ground, rgb: Uint8ClampedArray, at: number, x: number, y: number): number {
  const { low, high, contrast, furrow } = ground;
  const fine = noiseAt(ground.fine, x, y);
  const mixed = 0.6 * noiseAt(ground.coarse, x, y) + 0.4 * fine;
  const t = mixed < 0.3 ? 0 : mixed > 0.7 ? 1 : (mixed - 0.3) / 0.4;
  const lit = 1 + contrast * (1.2 * noiseAt(ground.grain, x, y) + 0.5 * fine - 0.85);
  const cut = furrow !== null && inFurrow(furrow, x, y);
  const part = cut ? furrow.amount : 0;
  const other = cut ? furrow.colour : low;
  const [a, b] = [lit * (1 - part) * (1 - t), lit * (1 - part) * t];
  const c = lit * part;
  rgb[at] = low[0] * a + high[0] * b + other[0] * c;
  rgb[at + 1] = low[1] * a + high[1] * b + other[1] * c;
  rgb[at + 2] = low[2] * a + high[2] * b + other[2] * c;
  if (cut) return furrow.green && part > 0.5 ? 1 : 0;
  return t >= ground.greenFrom ? 1 : 0;
}

function inFurrow({ c, s, period, share }: Furrow, x: number, y: number): boolean {
  const phase = (x * c + y * s) / period;
  return phase - Math.floor(phase) < share;
}
