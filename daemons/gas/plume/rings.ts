type Corner = readonly [number, number];

/** The sides of a cell, anticlockwise: the neighbour beyond it, where it begins and where it ends. */
const sides: readonly (readonly [Corner, Corner, Corner])[] = [
  [
    [0, -1],
    [0, 0],
    [1, 0],
  ],
  [
    [1, 0],
    [1, 0],
    [1, 1],
  ],
  [
    [0, 1],
    [1, 1],
    [0, 1],
  ],
  [
    [-1, 0],
    [0, 1],
    [0, 0],
  ],
];

/** The outline of a set of cells as closed rings of corners [column, row]: outer ones anticlockwise, holes clockwise. */
export function ringsOf(inside: Uint8Array, columns: number): Corner[][] {
  const has = (x: number, y: number): boolean => x >= 0 && x < columns && inside[y * columns + x] === 1;
  // Every side between a cell and what is not one, directed so that the cell lies to its left.
  const leaving = new Map<string, Corner[]>();
  for (const [c, one] of inside.entries()) {
    if (one === 0) continue;
    const [x, y] = [c % columns, Math.floor(c / columns)];
    for (const [beyond, from, to] of sides) {
      if (has(x + beyond[0], y + beyond[1])) continue;
      const key = `${x + from[0]},${y + from[1]}`;
      leaving.set(key, [...(leaving.get(key) ?? []), [x + to[0], y + to[1]]]);
    }
  }
  const rings: Corner[][] = [];
  for (const [start, ends] of leaving) {
    const [x = 0, y = 0] = start.split(',').map(Number);
    while (ends.length > 0) rings.push(walk([x, y], leaving));
  }
  return rings;
}

/** Follows sides from `start` back to it, and takes them out; where two cells touch at a corner it keeps to its own. */
function walk(start: Corner, leaving: Map<string, Corner[]>): Corner[] {
  const ring: Corner[] = [start];
  let [at, came]: [Corner, Corner] = [start, [0, 0]];
  do {
    const ends = leaving.get(`${at[0]},${at[1]}`) ?? [];
    // A left turn keeps to the same cell: cross product of the way that came and the one that leaves.
    const turn = ([x, y]: Corner): number => came[0] * (y - at[1]) - came[1] * (x - at[0]);
    const next = ends.reduce((best, one) => (turn(one) > turn(best) ? one : best), ends[0] ?? start);
    ends.splice(ends.indexOf(next), 1);
    came = [next[0] - at[0], next[1] - at[1]];
    const [before] = ring.slice(-2);
    const straight = ring.length > 1 && before && (at[0] - before[0]) * came[1] === (at[1] - before[1]) * came[0];
    if (straight) ring.pop();
    ring.push(next);
    at = next;
  } while (at[0] !== start[0] || at[1] !== start[1]);
  return ring;
}
