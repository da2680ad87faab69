import test from 'ava';
import { abTurns, median } from './figure.ts';

test('the median is the middle value, or the mean of the two in the middle', (t) => {
  t.is(median([9, 1, 5]), 5);
  t.is(median([9, 1, 5, 7]), 6);
  t.is(median([]), Number.NaN);
});

test('A and B are sampled in turn, each first every other time, seven rounds at least', async (t) => {
  const order: string[] = [];
  const sample = (name: string, value: number) => (): number => {
    order.push(name);
    return value + order.length / 1000;
  };
  const medians = await abTurns(sample('a', 1), sample('b', 2), 2);
  t.is(order.join(''), 'abbaabbaabbaab');
  t.is(Math.floor(medians.a), 1);
  t.is(Math.floor(medians.b), 2);
});
