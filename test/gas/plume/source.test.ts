import test from 'ava';
import fc from 'fast-check';
import { maxStreams } from '../../../daemons/gas/plume/filter.ts';
import { posteriorOf, smallestRegion } from '../../../daemons/gas/plume/posterior.ts';
import type { Row } from '../../../daemons/gas/plume/row.ts';
import { answerOf, openSource, type Source, take } from '../../../daemons/gas/plume/source.ts';
import { nextLook } from '../../../daemons/gas/plume/waypoint.ts';
import { area, minutes, options, point, posts } from './scene.ts';

const truth = { x: 34, y: 26, rate: 400 };
const after = (rows: readonly Row[], changed = {}): Source => rows.reduce(take, openSource({ ...options, ...changed }));
const reason = (source: Source): string => {
  const answer = answerOf(source);
  return answer.answer === 'source' ? 'source' : answer.reason;
};

test('a source is found where it is, with its rate, from posts in winds from all around', (t) => {
  const answer = answerOf(after(minutes(truth, 40)));
  if (answer.answer !== 'source') return t.fail(answer.reason);
  const { x, y, rate, ceM } = answer.summary;
  t.true(Math.hypot(x - truth.x, y - truth.y) < options.cellM, `${x} ${y}`);
  t.true(rate.median > truth.rate / 1.3 && rate.median < truth.rate * 1.3, `${rate.median}`);
  t.true(rate.low <= rate.median && rate.median <= rate.high);
  t.true(ceM > 0);
});

test('moving the whole scene moves the answer with it', (t) => {
  const [dx, dy] = [4000, -800];
  const moved = minutes({ ...truth, x: truth.x + dx, y: truth.y + dy }, 24, {
    places: posts.map(({ x, y }) => point(x + dx, y + dy)),
  });
  const there = { westM: area.westM + dx, southM: area.southM + dy, eastM: area.eastM + dx, northM: area.northM + dy };
  const [here, far] = [answerOf(after(minutes(truth, 24))), answerOf(after(moved, { area: there }))];
  if (here.answer !== 'source' || far.answer !== 'source') return t.fail('no answer');
  t.true(Math.abs(far.summary.x - dx - here.summary.x) < 1e-3);
  t.true(Math.abs(far.summary.y - dy - here.summary.y) < 1e-3);
});

test('a look that fits worse lowers the likelihood of what foretold it', (t) => {
  const known = (): Source => after(minutes(truth, 30));
  const cell = Math.floor(truth.y / 4) * 15 + Math.floor(truth.x / 4);
  const [next] = minutes(truth, 31).slice(30);
  const fits = [0, 0.1, 0.3, 1, 3, 10].map((off) => {
    const looks = next?.looks.map((look) => ({ ...look, value: look.value + off })) ?? [];
    const { filter } = take(known(), { ...(next as Row), looks });
    return filter.fit[cell] ?? 0;
  });
  t.deepEqual(
    fits,
    fits.toSorted((a, b) => b - a),
  );
});

test('the 50 % region lies within the 90 % region, and each holds its share with no cell to spare', (t) => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 60 }), (raw) => {
      const sum = raw.reduce((total, one) => total + one, 1e-9);
      const cells = Float64Array.from([...raw, 1e-9], (one) => one / sum);
      const [half, most] = [smallestRegion(cells, 0.5), smallestRegion(cells, 0.9)];
      t.true(half.every((one, c) => one <= (most[c] ?? 0)));
      const held = cells.filter((_, c) => most[c] === 1);
      const mass = held.reduce((total, one) => total + one, 0);
      t.true(mass >= 0.9 - 1e-9 && mass - Math.min(...held) < 0.9 + 1e-9);
    }),
  );
});

test('too few minutes are refused as thin data', (t) => {
  t.is(reason(after(minutes(truth, 11))), 'thin-data');
});

test('calm air is refused, and is no evidence of anything', (t) => {
  const calm = after(minutes(truth, 40, { speedMs: 0.3 }));
  t.is(reason(calm), 'calm-wind');
  t.is(calm.filter.rows, 0);
});

test('one direction of wind at one post is refused as too small a spread', (t) => {
  t.is(reason(after(minutes(truth, 40, { fromDeg: 300, places: [point(44, 20)] }))), 'direction-spread');
});

test('one direction of wind is enough where the posts stand abreast of it', (t) => {
  const abreast = [10, 20, 30, 40, 50].map((y) => point(54, y));
  t.not(reason(after(minutes(truth, 40, { fromDeg: 270, places: abreast }))), 'direction-spread');
});

test('readings that no source explains are refused as no contrast', (t) => {
  t.is(reason(after(minutes({ ...truth, rate: 0 }, 40))), 'no-contrast');
});

test('no rate is below zero, even where the readings dip in the lee of a place', (t) => {
  const dips = minutes(truth, 40).map((row) => ({
    ...row,
    looks: row.looks.map((look) => ({ ...look, value: 2 - look.value })),
  }));
  const source = after(dips);
  t.true(source.filter.rate.every((rate) => rate >= 0));
});

test('a source that was not seen at first is still the most likely place once it is seen', (t) => {
  const strong = { ...truth, rate: 4000 };
  const rows = minutes(strong, 40).map((row, i) =>
    i < 6 ? { ...row, looks: row.looks.map((look) => ({ ...look, value: 1 })) } : row,
  );
  const cell = Math.floor(truth.y / 4) * 15 + Math.floor(truth.x / 4);
  const { filter } = after(rows);
  const best = Math.max(...filter.fit.slice(0, -1));
  t.true(best - (filter.fit[cell] ?? 0) < 3, `${best} ${filter.fit[cell]}`);
  t.true(best - (filter.fit.at(-1) ?? 0) > 50, `${best} ${filter.fit.at(-1)}`);
});

test('air from before the gas tells the background, and nothing of a place', (t) => {
  const [row] = minutes({ ...truth, rate: 0 }, 1);
  const { filter, support } = after(
    Array.from({ length: 9 }, (_, i) => ({ ...(row as Row), atS: 60 * i, before: true })),
  );
  t.is(support.rows, 0);
  t.is(new Set(filter.fit).size, 1);
  t.true(Math.abs((filter.background[0] ?? 0) - 1) < 0.01);
});

test('a source beyond the area is not squeezed into it', (t) => {
  const beyond = { westM: 0, southM: 0, eastM: 60, northM: 16 };
  t.is(reason(after(minutes(truth, 40), { area: beyond })), 'outside-area');
});

test('memory does not grow with the rows, and streams beyond the most are passed over', (t) => {
  const many = Array.from({ length: maxStreams + 4 }, (_, k) => point(3 * k, 5));
  const source = after(minutes(truth, 3, { places: many }));
  t.is(source.filter.streams.length, maxStreams);
  const size = source.filter.sums.length;
  t.is(minutes(truth, 9, { places: many }).reduce(take, source).filter.sums.length, size);
});

test('the next look is taken downwind of where the source may be, not upwind', (t) => {
  const { filter } = after(minutes(truth, 6));
  const wind = { speedMs: 3, fromDeg: 270, tanH: 0.25, tanV: 0.15 };
  const candidates = [point(2, 26), point(46, 26)];
  t.deepEqual(nextLook(filter, posteriorOf(filter), wind, candidates)?.at, point(46, 26));
});
