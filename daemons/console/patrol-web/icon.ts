/** The icon of the installed page, drawn here: rings of a radio post on a dark ground. As PNG, since not every phone takes SVG. */
import { encode } from 'fast-png';

const ground = [11, 21, 32] as const;
const ink = [255, 255, 255] as const;
const accent = [255, 176, 32] as const;

/** Within the middle 80 %, so that a round mask cuts nothing off. */
function colourAt(x: number, y: number): readonly [number, number, number] {
  const radius = Math.hypot(x, y);
  const isAbove = y < -Math.abs(x) * 0.4;
  if (radius < 0.13) return accent;
  if (isAbove && ((radius > 0.26 && radius < 0.36) || (radius > 0.5 && radius < 0.6))) return ink;
  const isMast = y > 0.13 && y < 0.62 && Math.abs(x) < 0.05 + (y - 0.13) * 0.3 && Math.abs(x) > (y - 0.13) * 0.3 - 0.05;
  return isMast ? ink : ground;
}

const samples = 3;

/** `side` in pixels. */
export function iconPng(side: number): Buffer {
  const data = new Uint8Array(side * side * 3);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const sum = [0, 0, 0];
      for (let i = 0; i < samples * samples; i++) {
        const at = (pixel: number, part: number): number => (2 * (pixel + (part + 0.5) / samples)) / side - 1;
        const colour = colourAt(at(column, i % samples), at(row, Math.floor(i / samples)));
        for (const [channel, value] of colour.entries()) sum[channel] = (sum[channel] ?? 0) + value;
      }
      for (const [channel, value] of sum.entries())
        data[(row * side + column) * 3 + channel] = Math.round(value / (samples * samples));
    }
  return Buffer.from(encode({ width: side, height: side, data, channels: 3, depth: 8 }));
}
