import test from 'ava';
import { wholeOf } from '../../daemons/camera/ground/parts.ts';
import { areaOf, extentOf, gapOf, middleOf, type Ring } from '../../daemons/camera/ground/ring.ts';
import { grounded } from '../../daemons/camera/ground/sightings.ts';
import { metresTo } from '../../daemons/core/geo/local.ts';
import { scene } from '../support/camera-scene.ts';
import { box, home, look, raisedOf, run, sighting } from '../support/plot-looks.ts';

test('rings are as far apart as plane geometry says, and what crosses or holds another is not apart', (t) => {
  const moved = (ring: Ring, n: number, e: number): Ring => ring.map(([a, b]) => [a + n, b + e] as const);
  t.is(gapOf(box(10, 10), moved(box(10, 10), 0, 13)), 3);
  t.true(Math.abs(gapOf(box(10, 10), moved(box(10, 10), 13, 14)) - 5) < 1e-9);
  t.is(gapOf(box(10, 10), box(2, 2)), 0);
  // A cross: no corner of either lies in the other.
  t.is(gapOf(box(30, 2), box(2, 30)), 0);
});

test('parts that touch and fill what lies around them are one, whatever cut them; others are not', (t) => {
  const moved = (ring: Ring, n: number, e: number): Ring => ring.map(([a, b]) => [a + n, b + e] as const);
  const half = box(10, 12);
  t.is(Math.round(areaOf(wholeOf(moved(half, -5.5, 0), moved(half, 5.5, 0)) ?? [])), 21 * 12);
  t.is(wholeOf(moved(half, -7, 0), moved(half, 7, 0)), null, 'four metres between them');
  t.is(wholeOf(box(30, 6), moved(box(6, 30), 18.5, 17)), null, 'an angle is no field');
});

test('two ends of a plot that no picture shows whole are one plot, one alert, and the outline around both', (t) => {
  // 40 m long; pictures show the northern or the southern 22 m, cut by their edge.
  const end = (north: number) => sighting({ north, ring: box(22, 12), sigmaM: 0.6, cut: true });
  const told = run([0, 1, 2, 3, 4, 5].map((s) => look(s, [end(s % 2 === 0 ? -9.5 : 9.5)], null)));
  t.is(told.state.plots.length, 1);
  t.is(raisedOf(told).length, 1);
  t.is(new Set(told.alerts.map(({ id }) => id)).size, 1);
  const [plot] = told.state.plots;
  if (!plot) return t.fail();
  t.true(Math.abs(extentOf(plot.ring).lengthM - 41) < 1, `${extentOf(plot.ring).lengthM}`);
  t.true(Math.hypot(...metresTo(home, plot)) < 1);
});

test('an outline that another one takes over stays where it was seen', (t) => {
  // The younger is the larger and holds most of the older: one plot, and its outline has not moved.
  const small = sighting({ north: -12, ring: box(10, 10), sigmaM: 0.3 });
  const large = sighting({ north: 0, ring: box(40, 14), sigmaM: 0.3 });
  const [plot] = run([look(0, [small]), look(1, [large])]).state.plots;
  if (!plot) return t.fail();
  const [north, east] = metresTo(home, plot);
  const middle = middleOf(plot.ring.map(([n, e]) => [n + north, e + east] as const));
  t.true(Math.hypot(...middle) < 2, `${middle}`);
});

test('parts in one picture are one before its piece is cut out; what stands apart is two', (t) => {
  const part = (x0: number, x1: number, score: number) => ({
    label: 'crop-plot',
    score,
    box: { x0, y0: 1300, x1, y1: 1700 },
  });
  // From 100 m a metre is 38.7 pixels.
  const near = grounded([part(1500, 1900, 0.8), part(1940, 2300, 0.9)], scene());
  t.is(near.placed.length, 1);
  t.like(near.placed[0]?.sighting, { score: 0.9, box: { x0: 1500, y0: 1300, x1: 2300, y1: 1700 } });
  t.true(Math.abs(extentOf(near.placed[0]?.ground.ring ?? []).lengthM - 800 / 38.7) < 0.2);
  const far = grounded([part(1500, 1900, 0.8), part(2050, 2400, 0.9)], scene());
  t.is(far.placed.length, 2);
});
