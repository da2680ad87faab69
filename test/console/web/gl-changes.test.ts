import test from 'ava';
import fc from 'fast-check';
import type { Feature } from 'geojson';
import { difference, type Told } from '../../../daemons/console/web/map/gl-changes.ts';

const feature = (key: string, value: number): Feature => ({
  type: 'Feature',
  properties: { key, value },
  geometry: { type: 'Point', coordinates: [value, 0] },
});
const marks = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 3 }))
  .map((all) => Object.entries(all).map(([key, value]) => feature(key, value)));

test('whoever does what a difference says holds what is known, and is told nothing that it held', (t) => {
  fc.assert(
    fc.property(fc.array(marks, { minLength: 1, maxLength: 6 }), (rounds) => {
      let told: Told = new Map();
      const held = new Map<string, Feature>();
      for (const features of rounds) {
        const news = difference(told, features);
        for (const key of news.gone) t.true(held.delete(key));
        for (const one of news.fresh) {
          t.notDeepEqual(held.get(one.properties?.key), one);
          held.set(one.properties?.key, one);
        }
        told = news.told;
        const wanted = new Map(features.map((one) => [one.properties?.key as string, one]));
        t.deepEqual(new Map([...held].sort()), new Map([...wanted].sort()));
      }
    }),
    { numRuns: 200 },
  );
});
