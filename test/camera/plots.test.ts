import test from 'ava';
import fc from 'fast-check';
import {
  areaOf,
  extentOf,
  hullOf,
  isInside,
  middleOf,
  overlapOf,
  type Ring,
} from '../../daemons/camera/ground/ring.ts';
import { belief, confidence } from '../../daemons/camera/plots/known.ts';
import type { GroundSighting } from '../../daemons/camera/plots/sighting.ts';
import { waited } from '../../daemons/camera/plots/watch.ts';
import { metresTo, spotAt } from '../../daemons/core/geo/local.ts';
import { coarse } from '../../daemons/core/records/retention.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { alert } from '../../daemons/core/wire/envelope.ts';
import { parseWire } from '../../daemons/core/wire/parse.ts';
import { at, box, home, look, options, raisedOf, run, sighting, type Told } from '../support/plot-looks.ts';

test('area, middle, hull, extent and overlap of outlines are those of plane geometry', (t) => {
  t.is(areaOf(box(34, 12)), 408);
  t.deepEqual(middleOf(box(34, 12).map(([n, e]) => [n + 5, e - 3] as const)), [5, -3]);
  t.deepEqual(extentOf(box(34, 12)), { lengthM: 34, widthM: 12 });
  const turned: Ring = box(34, 12).map(([n, e]) => [n * 0.6 - e * 0.8, n * 0.8 + e * 0.6] as const);
  t.true(Math.abs(extentOf(turned).lengthM - 34) < 1e-9 && Math.abs(extentOf(turned).widthM - 12) < 1e-9);
  t.is(hullOf([...box(10, 10), [0, 0], [1, 2]]).length, 4);
  t.true(isInside(box(10, 10), [4, -4]) && !isInside(box(10, 10), [6, 0]));
  const { ofBoth, ofSmaller } = overlapOf(box(20, 20), box(10, 10));
  t.true(Math.abs(ofBoth - 0.25) < 0.02 && ofSmaller === 1);
  t.deepEqual(
    overlapOf(box(10, 10), [
      [20, 20],
      [30, 20],
      [30, 30],
    ]),
    { ofBoth: 0, ofSmaller: 0 },
  );
});

test('one plot that twenty pictures show, each some metres off, is one alert', (t) => {
  const looks = Array.from({ length: 20 }, (_, i) =>
    look(i, [sighting({ north: 2 * Math.sin(i * 2.1), east: 2 * Math.cos(i * 1.7) })]),
  );
  const told = run(looks);
  t.is(told.state.plots.length, 1);
  const [alert, ...more] = raisedOf(told);
  t.deepEqual(more, []);
  t.is(alert?.family, 'evidence');
  t.is(alert?.where?.source, 'projected');
  t.is(alert?.certainty, 'indication');
  t.like(alert?.plot, { lengthM: 34, widthM: 12, areaM2: 408, looks: 3, passes: 1 });
  t.regex(alert?.because.rule ?? '', /about 34 by 12 m/);
  t.true(told.alerts.every(({ id }) => id === alert?.id));
  t.deepEqual(
    told.alerts.map(({ rev }) => rev),
    told.alerts.map((_, i) => i + 1),
  );
});

test('two plots side by side in every picture stay two, though their ellipses overlap', (t) => {
  const looks = Array.from({ length: 10 }, (_, i) => {
    const off = 3 * Math.sin(i);
    return look(i, [
      sighting({ east: off, ring: box(20, 8), sigmaM: 6 }),
      sighting({ east: off + 15, ring: box(20, 8), sigmaM: 6 }),
    ]);
  });
  const told = run(looks);
  t.is(told.state.plots.length, 2);
  t.is(raisedOf(told).length, 2);
  t.is(new Set(told.alerts.map(({ id }) => id)).size, 2);
});

test('a place is the mean of its looks by certainty, and no surer than they are', (t) => {
  const { state } = run([look(0, [sighting({ north: 0, sigmaM: 2 })]), look(1, [sighting({ north: 3, sigmaM: 4 })])]);
  const [plot] = state.plots;
  t.truthy(plot);
  if (!plot) return;
  // Weights 1/8 and 1/32: 0.8 and 0.2.
  t.true(Math.abs(metresTo(home, plot)[0] - 0.6) < 1e-6);
  t.true(Math.abs(plot.covariance.nn - (0.8 * 4 + 0.2 * 16)) < 1e-9);
});

test('a second pass corroborates, and is worth half of its own evidence', (t) => {
  const first = [0, 1, 2].map((s) => look(s, [sighting({ score: 0.8 })]));
  const second = [100, 101, 102].map((s) => look(s, [sighting({ score: 0.8 })]));
  const one = run(first);
  t.true(Math.abs(confidence(one.state.plots[0] ?? t.fail(), 0.5) - 0.8) < 1e-9);
  const two = run([...first, ...second]);
  // 1.5 times ln 4.
  t.true(Math.abs(confidence(two.state.plots[0] ?? t.fail(), 0.5) - 8 / 9) < 1e-9);
  t.is(two.alerts.at(-1)?.certainty, 'corroborated');
  t.is(two.alerts.at(-1)?.plot?.passes, 2);
  t.is(raisedOf(two).length, 1);
});

test('contrary evidence is told and keeps a plot from being corroborated; it lowers no score and hides nothing', (t) => {
  const even = { green: 0.4, rows: 0.95, apartM: 2.6 };
  const seen = (cues?: GroundSighting['cues']): Told =>
    run([0, 1, 2, 60, 61, 62].map((s) => look(s, [{ ...sighting(), ...(cues ? { cues } : {}) }])));
  const [plain, rows, bare] = [seen(), seen(even), seen({ green: 0.01, rows: 0, apartM: 0 })];
  t.is(plain.alerts.at(-1)?.certainty, 'corroborated');
  for (const [told, why] of [
    [rows, /contrary evidence: even rows 2\.6 m apart/],
    [bare, /contrary evidence: hardly anything green/],
  ] as const) {
    t.is(told.alerts.at(-1)?.certainty, 'indication');
    t.regex(told.alerts[0]?.because.rule ?? '', why);
    t.is(raisedOf(told).length, 1);
    t.is(told.alerts[0]?.because.score, plain.alerts[0]?.because.score);
  }
  t.like(rows.alerts[0]?.because.evidence.at(-1), { quantity: 'row-distance', value: 2.6, unit: 'm' });
  t.is(seen({ ...even, rows: 0.8 }).alerts.at(-1)?.certainty, 'corroborated');
});

test('no number of passes makes it surer than that', (t) => {
  const looks = Array.from({ length: 60 }, (_, i) => look(i * 100, [sighting({ score: 0.999 })]));
  t.is(confidence(run(looks).state.plots[0] ?? t.fail(), 0.5), belief.surest);
});

test('what flickers is not raised: pictures that show the place and nothing there count against it', (t) => {
  const looks = Array.from({ length: 30 }, (_, i) => look(i, i % 5 === 0 ? [sighting({ score: 0.8 })] : []));
  t.deepEqual(run(looks).alerts, []);
  const blind = looks.map((one) => ({ ...one, footprint: null }));
  t.is(raisedOf(run(blind)).length, 1, 'where a picture may not show it, it says nothing');
});

test('an alert ends when its place was not found for long, is not raised again while it cools, and then is another', (t) => {
  const seen = (from: number) => [0, 1, 2].map((s) => look(from + s, [sighting()]));
  const one = run(seen(0));
  const [state, ...over] = waited(options)(one.state, at(700));
  t.like(over[0], { condition: 'cleared', id: one.alerts[0]?.id, rev: (one.alerts.at(-1)?.rev ?? 0) + 1 });
  t.is(over.length, 1);
  const cooling = run(seen(1000), options, state);
  t.deepEqual(cooling.alerts, []);
  const later = run(seen(9000), options, cooling.state);
  t.is(raisedOf(later).length, 1);
  t.not(later.alerts[0]?.id, one.alerts[0]?.id);
  t.is(later.state.plots.length, 1);
});

test('declared and licensed land lowers what is claimed and hides nothing', (t) => {
  const corners = box(400, 400)
    .map((one) => spotAt(home, one))
    .map(({ lat, lon }) => [lon, lat] as const);
  const looks = [0, 1, 2, 100, 101, 102].map((s) => look(s, [sighting()]));
  for (const kind of ['declared', 'licensed'] as const) {
    const told = run(looks, { ...options, zones: [{ name: 'farm 12', kind, corners }] });
    t.is(raisedOf(told).length, 1);
    const last = told.alerts.at(-1);
    t.like(last, { certainty: 'indication', severity: 'info' });
    t.deepEqual(last?.plot?.zones, [{ name: 'farm 12', kind }]);
    t.is(last?.plot?.passes, 2);
  }
  const far = corners.map(([lon, lat]) => [lon + 1, lat] as const);
  const outside = run(looks, { ...options, zones: [{ name: 'valley', kind: 'watch', corners: far }] });
  t.like(outside.alerts.at(-1), { certainty: 'corroborated', severity: 'info' });
});

test('the first word goes without the picture, the next ones carry the best', (t) => {
  const looks = [0, 1, 2, 30, 31].map((s) =>
    look(s, [sighting({ sha: s < 30 ? 'a' : 'b', score: s < 30 ? 0.8 : 0.9 })]),
  );
  const told = run(looks);
  t.is(told.alerts[0]?.plot?.picture, null);
  t.is(told.alerts[1]?.plot?.picture?.sha256, 'a'.repeat(64));
  t.is(told.alerts.at(-1)?.plot?.picture?.sha256, 'b'.repeat(64));
});

test('halves of a plot that a whole look joins become one, and the younger alert ends by name', (t) => {
  const half = (north: number) => sighting({ north, ring: box(14, 12), sigmaM: 0.5, cut: true });
  const halves = [0, 1, 2].map((s) => look(s, [half(-10), half(10)]));
  const whole = [30, 31].map((s) => look(s, [sighting({ ring: box(34, 12), sigmaM: 0.5 })]));
  const told = run([...halves, ...whole]);
  t.is(told.state.plots.length, 1);
  t.is(raisedOf(told).length, 2);
  const over = told.alerts.filter(({ condition }) => condition === 'cleared');
  t.is(over.length, 1);
  t.regex(over[0]?.because.rule ?? '', new RegExp(`the same plot as ${told.state.plots[0]?.open?.id}`));
});

test('whatever is seen: alerts of one id count on from 1, begin raised, and nothing follows the end', (t) => {
  const one = fc.record({
    north: fc.double({ min: -60, max: 60, noNaN: true }),
    east: fc.double({ min: -60, max: 60, noNaN: true }),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    sigmaM: fc.double({ min: 0.3, max: 20, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(fc.record({ gapS: fc.integer({ min: 0, max: 900 }), seen: fc.array(one, { maxLength: 4 }) }), {
        maxLength: 25,
      }),
      (steps) => {
        let s = 0;
        const looks = steps.map(({ gapS, seen }) => {
          s += gapS + 1;
          return look(s, seen.map(sighting));
        });
        const told = run(looks);
        const lives = Map.groupBy(told.alerts, ({ id }) => id);
        for (const life of lives.values()) {
          t.deepEqual(
            life.map(({ rev }) => rev),
            life.map((_, i) => i + 1),
          );
          t.is(life[0]?.condition, 'raised');
          t.true(life.slice(0, -1).every(({ condition }) => condition !== 'cleared'));
        }
        t.deepEqual(run(looks).alerts, told.alerts);
      },
    ),
    { numRuns: 60 },
  );
});

test('an alert of a plot passes the wire as it is, and what is kept of it for long has neither outline nor picture', (t) => {
  const { alerts } = run([0, 1, 2].map((s) => look(s, [sighting({ sha: 'c' })])));
  const last = alerts.at(-1) ?? t.fail();
  t.deepEqual(parseWire(JSON.stringify(last), alert) as Alert, JSON.parse(JSON.stringify(last)));
  const kept = coarse(last);
  t.false('plot' in kept);
  t.true((kept.where?.ceM ?? 0) > 790);
});
