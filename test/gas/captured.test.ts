import test from 'ava';
import type { Flag } from '../../daemons/core/values/flags.ts';
import type { Reading } from '../../daemons/core/values/reading.ts';
import { captured } from '../../daemons/gas/captured.ts';
import { stampAt } from '../support/alerts.ts';

const read = (channel: string, monoNs: number, flags: readonly Flag[] = []): Reading => ({
  ...{ sensor: 'nh3', channel, value: 1, unit: 'ppm', flags },
  at: { ...stampAt(0), monoNs },
});

test('only what a gate covers is kept, the box’s own channels, and what a technician has in hand', (t) => {
  const all = [read('gas', 1), read('gas', 3), read('flow', 1), read('gas', 2, ['inhibited'])];
  const covers = (ns: number): boolean => ns >= 3;
  t.deepEqual(captured(all, covers, new Set(['nh3/flow'])), all.slice(1));
  t.is(
    captured(all, () => true, new Set()),
    all,
  );
});
