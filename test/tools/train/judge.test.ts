import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { card as cardShape } from '../../../daemons/core/model/card.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { refusePoor, type Verdict } from '../../../daemons/tools/train/judge.ts';

const file = path.join(import.meta.dirname, '../../../models/gas-vapour/card.json');
const card = cardShape.parse(JSON.parse(readFileSync(file, 'utf8')));

const good: Verdict = { accuracy: 0.95, recall: { ammonia: 0.9, air: 1 }, truePositive: 0.9, falsePositive: 0.01 };

const said = (fresh: Verdict, beside: Parameters<typeof refusePoor>[1]): string => {
  try {
    refusePoor(fresh, beside, card);
  } catch (error) {
    if (isFault(error) && error.kind === 'refused') return error.message;
    throw error;
  }
  return '';
};

test('a model that is good enough and no worse than the one in force passes', (t) => {
  t.is(said(good, { fresh: good, inForce: { ...good, accuracy: 0.97 } }), '');
  t.is(said(good, null), '');
});

test('a target that is missed, and others that are taken for one, are each named with what is there and what is asked', (t) => {
  const message = said({ ...good, recall: { ammonia: 0.69, air: 0 }, falsePositive: 0.11 }, null);
  t.regex(message, /ammonia: 0\.69 of its held-out windows are called so; at least 0\.7/);
  t.regex(message, /false: 0\.11 of the held-out negatives reach the threshold; at most 0\.1/);
  // An interferent that is called another is no reason: only targets raise anything.
  t.notRegex(message, /air:/);
});

test('a model that is worse than the one in force, on what neither had seen, is refused', (t) => {
  t.regex(
    said(good, { fresh: { ...good, accuracy: 0.9 }, inForce: { ...good, accuracy: 0.93 } }),
    /accuracy: 0\.9 on what neither had seen, and the model in force has 0\.93 there/,
  );
});
