/** Connected parts of a mask, and their outlines. */

export interface Region {
  /** Cells, half open. */
  readonly box: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number };
  readonly cells: Int32Array;
}

export interface Grid {
  readonly width: number;
  readonly height: number;
}

/** Parts of `mask` (not 0) that hang together by sides, each of at least `least` cells, in the order of their first cell. */
export function regionsOf(mask: Uint8Array, { width, height }: Grid, least: number): Region[] {
  const seen = new Uint8Array(mask.length);
  const queue = new Int32Array(mask.length);
  const found: Region[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || seen[start]) continue;
    let [head, tail] = [0, 0];
    queue[tail++] = start;
    seen[start] = 1;
    const box = { x0: width, y0: height, x1: 0, y1: 0 };
    const visit = (cell: number): void => {
      if (!mask[cell] || seen[cell]) return;
      seen[cell] = 1;
      queue[tail++] = cell;
    };
    while (head < tail) {
      const cell = queue[head++] as number;
      const [x, y] = [cell % width, Math.floor(cell / width)];
      box.x0 = Math.min(box.x0, x);
      box.y0 = Math.min(box.y0, y);
      box.x1 = Math.max(box.x1, x + 1);
      box.y1 = Math.max(box.y1, y + 1);
      if (x > 0) visit(cell - 1);
      if (x + 1 < width) visit(cell + 1);
      if (y > 0) visit(cell - width);
      if (y + 1 < height) visit(cell + width);
    }
    if (tail >= least) found.push({ box, cells: queue.slice(0, tail) });
  }
  return found;
}

type Point = readonly [x: number, y: number];

/**
 * The outer edge of a region along the sides of its cells, from its first cell on and back to it: the region lies to the
 * right of the way (clockwise where y points down). Holes are not told. Corners only: points on a straight way are left out.
 */
export function outlineOf({ cells }: Region, { width }: Grid): Point[] {
  const inside = new Set(cells);
  const has = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < width && inside.has(y * width + x);
  const first = cells.reduce((least, cell) => Math.min(least, cell));
  const start: Point = [first % width, Math.floor(first / width)];
  // Right, down, left, up; on the way the cell ahead to the left and the cell ahead to the right decide the turn.
  const steps = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ] as const;
  const ahead = [
    [
      [0, -1],
      [0, 0],
    ],
    [
      [0, 0],
      [-1, 0],
    ],
    [
      [-1, 0],
      [-1, -1],
    ],
    [
      [-1, -1],
      [0, -1],
    ],
  ] as const;
  const points: Point[] = [start];
  let [x, y] = start;
  let way = 0;
  // Each side of a cell is walked once at the most.
  for (let walked = 0; walked <= 4 * cells.length; walked++) {
    const [dx, dy] = steps[way] as (typeof steps)[number];
    x += dx;
    y += dy;
    if (x === start[0] && y === start[1]) break;
    const [left, right] = ahead[way] as (typeof ahead)[number];
    const turn = has(x + left[0], y + left[1]) ? 3 : has(x + right[0], y + right[1]) ? 0 : 1;
    if (turn !== 0) points.push([x, y]);
    way = (way + turn) % 4;
  }
  points.push(start);
  return points;
}
