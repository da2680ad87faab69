import test from 'ava';
import fc from 'fast-check';
import { sinCosDeg } from '../../../daemons/core/exact/turn.ts';
import { gridOf } from '../../../daemons/gas/plume/grid.ts';
import type { PlumeOptions } from '../../../daemons/gas/plume/options.ts';
import { respond, travel } from '../../../daemons/gas/plume/response.ts';
import type { Look, Point, Row } from '../../../daemons/gas/plume/row.ts';
import { options, point } from './scene.ts';

/** mg/m3 at a look of a source of 1 mg/s at `source`. */
function read(source: { x: number; y: number }, look: Omit<Look, 'stream' | 'value'>, fromDeg: number): number {
  const half = options.cellM / 2;
  const area = { westM: source.x - half, southM: source.y - half, eastM: source.x + half, northM: source.y + half };
  const one: PlumeOptions = { ...options, area };
  const row: Row = {
    atS: 0,
    wind: { speedMs: 3, fromDeg, tanH: 0.25, tanV: 0.15 },
    looks: [{ stream: 'a', value: 0, ...look }],
  };
  const out = [new Float64Array(2)];
  respond(gridOf(area, one.cellM), one, row, out);
  return out[0]?.[0] ?? 0;
}
const at = (x: number, y: number): { at: Point; to: null } => ({ at: point(x, y), to: null });

test('wind FROM the north carries gas to the south, and so on around the compass', (t) => {
  const source = { x: 0, y: 0 };
  const compass = [
    { fromDeg: 0, down: at(0, -20), up: at(0, 20) },
    { fromDeg: 90, down: at(-20, 0), up: at(20, 0) },
    { fromDeg: 180, down: at(0, 20), up: at(0, -20) },
    { fromDeg: 270, down: at(20, 0), up: at(-20, 0) },
    { fromDeg: 225, down: at(14, 14), up: at(-14, -14) },
  ];
  for (const { fromDeg, down, up } of compass) {
    t.true(read(source, down, fromDeg) > 1e-4, `from ${fromDeg}`);
    t.is(read(source, up, fromDeg), 0, `from ${fromDeg}`);
  }
});

test('the middle of the plume reads what the formula with ground reflection says', (t) => {
  const x = 30;
  const f = 1 / (1 + 0.9 * Math.sqrt(x / 3 / 1000));
  const sy = Math.sqrt(
    (0.25 * x * f) ** 2 + (((4 * Math.PI) / 180) ** 2 + (0.4 * 0.25) ** 2) * x * x + options.cellM ** 2 / 12,
  );
  const sz = Math.sqrt((0.15 * x) ** 2 + 0.09);
  const mirror = Math.exp(-((1.5 - 0.5) ** 2) / (2 * sz ** 2)) + Math.exp(-((1.5 + 0.5) ** 2) / (2 * sz ** 2));
  const wanted = mirror / (2 * Math.PI * 3 * sy * sz);
  t.true(Math.abs(read({ x: 0, y: 0 }, at(x, 0), 270) / wanted - 1) < 2e-3);
});

test('a path reads the mean of the points on it', (t) => {
  const [from, to] = [point(10, -40), point(35, 40)];
  const steps = 4000;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    const s = (i + 0.5) / steps;
    sum += read({ x: 0, y: 0 }, at(from.x + s * (to.x - from.x), from.y + s * (to.y - from.y)), 270);
  }
  t.true(Math.abs((read({ x: 0, y: 0 }, { at: from, to }, 270) * steps) / sum - 1) < 0.02);
});

test('moving or turning the whole scene changes no reading', (t) => {
  const number = (max: number): fc.Arbitrary<number> => fc.double({ min: -max, max, noNaN: true });
  fc.assert(
    fc.property(
      number(40),
      number(40),
      number(500),
      number(500),
      fc.integer({ min: 0, max: 359 }),
      (x, y, dx, dy, turn) => {
        const [east, north] = travel(250);
        // Right abreast of the source the plume begins, and rounding decides on which side.
        fc.pre(Math.abs(x * east + y * north) > 1e-3);
        const plain = read({ x: 0, y: 0 }, at(x, y), 250);
        t.true(Math.abs(read({ x: dx, y: dy }, at(x + dx, y + dy), 250) - plain) <= 1e-6 + 1e-6 * plain, 'moved');
        // Turned anticlockwise by `turn`, a bearing grows smaller by it.
        const [sin, cos] = sinCosDeg(turn);
        const turned = read({ x: 0, y: 0 }, at(x * cos - y * sin, x * sin + y * cos), 250 - turn);
        t.true(Math.abs(turned - plain) <= 1e-6 + 1e-6 * plain, 'turned');
      },
    ),
    { numRuns: 60 },
  );
});

test('sine and cosine of a bearing agree with the built-in ones', (t) => {
  fc.assert(
    fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (degrees) => {
      const [sin, cos] = sinCosDeg(degrees);
      const rad = (degrees * Math.PI) / 180;
      t.true(Math.abs(sin - Math.sin(rad)) < 1e-13 && Math.abs(cos - Math.cos(rad)) < 1e-13);
    }),
  );
  t.deepEqual(
    travel(270).map((one) => Math.round(one * 1e9) / 1e9 + 0),
    [1, 0],
  );
});
