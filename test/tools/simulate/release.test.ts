import test from 'ava';
import { release, releaseScene } from '../../../daemons/tools/simulate/release.ts';

const seconds = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test('the lorry alone is strong enough for the lamp, and brings no ammonia', (t) => {
  for (const seed of [1, 2, 3]) {
    const air = seconds(0, release.startS).map(releaseScene(seed));
    t.true(Math.max(...air.map(({ ppm }) => 0.3 * ppm.exhaust)) > 4);
    t.true(Math.max(...air.map(({ ppm }) => ppm.ammonia)) < 0.5);
  }
});

test('gas comes to the post when the wind comes from the source, and only then', (t) => {
  const bearing = ((Math.atan2(release.eastM, release.northM) * 180) / Math.PI + 360) % 360;
  const air = seconds(release.startS, release.endS).map(releaseScene(1));
  t.true(air.some(({ ppm }) => ppm.ammonia > 5));
  for (const { ppm, windFromDeg } of air)
    if (ppm.ammonia > 1) t.true(Math.abs(windFromDeg - bearing) < 25, `${windFromDeg}`);
  t.true(
    seconds(release.endS, release.endS + 90)
      .map(releaseScene(1))
      .every(({ ppm }) => ppm.ammonia < 0.5),
  );
});
