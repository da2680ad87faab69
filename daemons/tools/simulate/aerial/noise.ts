/** Smooth noise as tables, so that a look costs one read: grounds and crowns take their texture from it. */
import { seeded, uniform } from '../random.ts';

const side = 512;
/** Lattice cells along a table, and samples along a cell. */
const cells = 64;
const perCell = side / cells;

/** 0 to 255, in bytes so that a table stays in the cache; it goes on over its edges for ever. */
function table(seed: number): Uint8Array {
  let random = seeded(seed);
  const lattice = Float32Array.from({ length: cells * cells }, () => {
    const [value, next] = uniform(random);
    random = next;
    return value;
  });
  const at = (x: number, y: number): number => lattice[(y % cells) * cells + (x % cells)] as number;
  const ease = (t: number): number => t * t * (3 - 2 * t);
  const values = new Uint8Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const [cx, cy] = [Math.floor(x / perCell), Math.floor(y / perCell)];
      const [tx, ty] = [ease((x % perCell) / perCell), ease((y % perCell) / perCell)];
      const top = at(cx, cy) * (1 - tx) + at(cx + 1, cy) * tx;
      const bottom = at(cx, cy + 1) * (1 - tx) + at(cx + 1, cy + 1) * tx;
      values[y * side + x] = Math.floor(255.99 * (top * (1 - ty) + bottom * ty));
    }
  return values;
}

const tables = [11, 23, 37, 53].map(table);

/** One look at a table: waves of `lengthM` metres, turned and shifted so that no two uses are alike. */
export interface Waves {
  readonly of: Uint8Array;
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly y0: number;
}

export function waves(
  lengthM: number,
  { between, whole }: { between(low: number, high: number): number; whole(low: number, high: number): number },
): Waves {
  const [c, s] = turn(between(0, 1));
  const scale = perCell / lengthM;
  return {
    of: tables[whole(0, tables.length - 1)] as Uint8Array,
    ...{ xx: c * scale, xy: s * scale, x0: between(0, side) + 16_384 * side, y0: between(0, side) + 16_384 * side },
  };
}

/** A point of the unit circle without an angle: where t runs from 0 to 1, so does the half circle. */
function turn(t: number): readonly [number, number] {
  const u = 2 * t - 1;
  const d = 1 + u * u;
  return [(1 - u * u) / d, (2 * u) / d];
}

/** 0 to 1 at a place in metres. */
export function noiseAt({ of, xx, xy, x0, y0 }: Waves, x: number, y: number): number {
  const column = Math.floor(x0 + x * xx - y * xy) & (side - 1);
  const row = Math.floor(y0 + x * xy + y * xx) & (side - 1);
  return (of[row * side + column] as number) * (1 / 255);
}
