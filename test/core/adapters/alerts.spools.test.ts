import path from 'node:path';
import test from 'ava';
import { followAlerts } from '../../../daemons/core/adapters/alerts.spools.ts';
import { openSpool, openSpoolReader } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { emptyBook, noted } from '../../../daemons/gas/alert-book.ts';
import { bookNews } from '../../../daemons/gas/kept-book.ts';
import { sampleAlert } from '../../support/alerts.ts';
import { keptLog } from '../../support/console.ts';
import { freshFolder } from '../spool/keeping.ts';

const startMs = 1_790_000_000_000;

test('an alert that stands, which the centre took before anybody looked, is told out of what its daemon remembers; one that is over or expired is not', async (t) => {
  const folder = freshFolder(t);
  const file = path.join(folder, 'gas.db');
  const spool = await openSpool({ path: file, device: 'post-7', telemetryHoldMs: 0 });
  const alerts = [
    sampleAlert('stands', { family: 'safety' }, startMs),
    sampleAlert('over', { condition: 'cleared' }, startMs),
    sampleAlert('expired', { expiresMs: startMs - 1 }, startMs),
  ];
  const evidence = alerts[0]?.because.evidence ?? [];
  t.true(
    evidence.some(({ calibration }) => calibration !== null),
    'the book of a daemon has what rests on a calibration',
  );
  const book = noted(emptyBook, alerts, new Map());
  await spool.append(
    alerts.map((body) => ({ stream: 'alert' as const, at: body.at, body })),
    bookNews(emptyBook, book),
  );
  await spool.settle('alert', 99, []);
  const seen: string[] = [];
  const follow = followAlerts({
    ...{ folder, own: 'local-page.db', log: keptLog(), nowMs: () => startMs, onNews: () => {} },
    open: (one) => openSpoolReader(one),
    onAlert: ({ id }) => void seen.push(id),
  });
  t.teardown(async () => {
    await follow.close();
    await spool.close();
  });
  await follow.look();
  t.deepEqual(seen, ['stands']);
  const body = sampleAlert('next', {}, startMs);
  await spool.append([{ stream: 'alert', at: body.at, body }]);
  await follow.look();
  t.deepEqual(seen, ['stands', 'next'], 'and once');
});
