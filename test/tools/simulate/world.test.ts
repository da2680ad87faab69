import test from 'ava';
import { episodesAround, world } from '../../../daemons/tools/simulate/world.ts';

const yearS = 365 * 86_400;

test('what passes the post is the same for every instrument, whenever it asks, and something does in each round', (t) => {
  for (const from of [0, 86_400, yearS]) {
    const [one, other] = [world(7), world(7)];
    const times = Array.from({ length: 180 }, (_, i) => from + i);
    const backwards = times.toReversed().map((at) => other(at));
    t.deepEqual(
      times.map((at) => one(at)),
      backwards.toReversed(),
    );
    const most = (gas: 'ammonia' | 'acetone' | 'toluene'): number => Math.max(...times.map((at) => one(at).ppm[gas]));
    t.true(most('ammonia') > 2 && most('acetone') > 2 && most('toluene') > 2, `${from}`);
  }
});

test('a year on the air costs no more than on the first day: it holds the episodes of one round', (t) => {
  for (const at of [0, 179.9, 180, 86_400, yearS, 10 * yearS]) {
    const all = episodesAround(7, at);
    t.is(all.length, 4);
    t.true(all.every(({ startS, endS }) => Math.floor(startS / 180) === Math.floor(at / 180) && endS < startS + 180));
  }
  t.deepEqual(episodesAround(7, -1), []);
});

test('no episode goes on into the next round, which would not know of it', (t) => {
  for (const { endS } of episodesAround(7, 0)) t.true(endS < 180);
});
