import test from 'ava';
import fc from 'fast-check';
import { sinCosDeg } from '../../../daemons/core/exact/turn.ts';
import { estimateOf, toDegrees } from '../../../daemons/gas/plume/estimate.ts';
import { openSource, take } from '../../../daemons/gas/plume/source.ts';
import { bearingOf } from '../../../daemons/gas/plume/wind.ts';
import { minutes, options } from './scene.ts';

const truth = { x: 34, y: 26, rate: 400 };
const origin = { lat: 48.2, lon: 16.4 };
const at = { wallMs: 0, monoNs: 0, boot: 'b', synced: true, uncertaintyMs: 1 };
const about = { at, gas: 'methane', sinceMs: 0, anew: false, made: [], latest: null };
const after = (count: number, fromDeg?: number): ReturnType<typeof openSource> =>
  minutes(truth, count, fromDeg === undefined ? {} : { fromDeg }).reduce(take, openSource(options));

test('an answer is a place on the earth, and the region of 90 % holds the source there', (t) => {
  const said = estimateOf(after(40), origin, about);
  if (said.answer !== 'source') return t.fail(said.reason);
  const there = toDegrees(origin)(truth.x, truth.y);
  const metres = 111_195 * Math.hypot(said.where.lat - there.lat, (said.where.lon - there.lon) * 0.6665);
  t.true(metres < options.cellM, `${metres}`);
  t.is(said.where.source, 'plume');
  // A line to the east crosses the outline an odd number of times.
  const crossings = said.region90.flatMap((ring) =>
    ring.slice(1).filter(([lon, lat], i) => {
      const before = ring[i]?.[1] ?? lat;
      return lon > there.lon && before > there.lat !== lat > there.lat;
    }),
  );
  t.is(crossings.length % 2, 1);
  t.is(JSON.stringify(JSON.parse(JSON.stringify(said))), JSON.stringify(said));
});

test('the heat map has a number for every cell, and they come to a whole', (t) => {
  const said = estimateOf(after(40), origin, about);
  if (said.answer !== 'source') return t.fail(said.reason);
  t.is(said.heat.permille.length % said.heat.columns, 0);
  const sum = said.heat.permille.reduce((total, one) => total + one, 0);
  t.true(Math.abs(sum - 1000) < 30, `${sum}`);
});

test('a refusal carries its reason and the wind that it rests on', (t) => {
  const said = estimateOf(after(5, 300), origin, about);
  t.is(said.answer === 'not-enough' && said.reason, 'thin-data');
  t.is(said.wind.rows, 5);
  t.true(Math.abs(said.wind.fromDeg - 300) < 1e-6);
  t.true(Math.abs(said.wind.meanSpeedMs - 3) < 1e-9);
});

test('the bearing of a direction is the one whose sine and cosine it has', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 359.999, noNaN: true }),
      fc.double({ min: 0.01, max: 50, noNaN: true }),
      (deg, length) => {
        const [sin, cos] = sinCosDeg(deg);
        const off = Math.abs(bearingOf(length * sin, length * cos) - deg);
        t.true(Math.min(off, 360 - off) < 1e-7, `${deg}`);
      },
    ),
  );
});
