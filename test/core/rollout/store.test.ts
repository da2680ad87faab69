import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { openFleetStore } from '../../../daemons/core/adapters/rollouts.sqlite.ts';
import { brokenAt } from '../../../daemons/core/rollout/audit.ts';
import { ordered } from '../../../daemons/core/rollout/order.ts';
import { begunAt, type Rollout, wavesOf } from '../../../daemons/core/rollout/plan.ts';

const rolloutOf = (name: string, boxes: readonly string[]): Rollout =>
  begunAt(
    {
      ...{ name, site: 'north', by: 'op-17', why: 'a test', waves: wavesOf(name, boxes, boxes.slice(0, 1), []) },
      ...{ perMinute: 4, atOnce: 3, steadyS: 10, silentS: 100, stopAt: 2, onStop: 'hold' },
      versions: Object.fromEntries(boxes.map((box) => [box, { forward: 5, back: 6 }])),
    },
    0,
  );

function storeIn(t: ExecutionContext) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-fleet-'));
  const file = path.join(folder, 'fleet.db');
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return { file, open: () => openFleetStore(file) };
}

test('a rollout is there after a restart with its signed texts, and its boxes can be in no other', (t) => {
  const { open } = storeIn(t);
  let store = open();
  store.create(rolloutOf('r1', ['a', 'b']), [{ box: 'a', forward: 'to', back: 'fro' }], 'op-17', 1);
  store.close();
  store = open();
  t.deepEqual(store.read('r1'), rolloutOf('r1', ['a', 'b']));
  t.deepEqual(store.going(), ['r1']);
  t.is(store.text('r1', 'a', 'back'), 'fro');
  t.is(store.box('a').version, 6);
  t.throws(() => store.create(rolloutOf('r2', ['b', 'c']), [], 'op-17', 2), { message: /^b: is in the rollout r1/ });
  t.throws(() => store.create(rolloutOf('r1', ['c']), [], 'op-17', 2), { message: /there is a rollout of this name/ });
  store.change('r1', 'op-17', 3, (one) => ordered(one, 'stop', 'enough'));
  t.notThrows(() => store.create(rolloutOf('r2', ['b', 'c']), [], 'op-17', 4));
  store.close();
});

test('an order that means nothing changes nothing, and stands in no log', (t) => {
  const store = storeIn(t).open();
  store.create(rolloutOf('r1', ['a']), [], 'op-17', 1);
  t.throws(() => store.change('r1', 'op-17', 2, (one) => ordered(one, 'resume', 'why not')), { message: /is running/ });
  t.is([...store.audit()].length, 1);
  store.close();
});

test('a line of the audit log that is changed, or taken out, is found', (t) => {
  const { file, open } = storeIn(t);
  const store = open();
  for (let i = 1; i <= 5; i++) store.note({ box: `post-${i}`, what: 'revoke', why: 'lost' }, 'op-17', i);
  t.is(brokenAt(store.audit()), null);
  store.close();
  const tampered = (sql: string): number | null => {
    const db = new DatabaseSync(file);
    db.exec(`BEGIN; ${sql}`);
    const rows = db
      .prepare('SELECT n, at_ms AS atMs, who AS "by", rollout, box, what, why, hash FROM audit ORDER BY n')
      .all();
    db.exec('ROLLBACK');
    db.close();
    return brokenAt(rows as unknown as Parameters<typeof brokenAt>[0]);
  };
  t.is(tampered("UPDATE audit SET who = 'op-18' WHERE n = 3"), 3);
  t.is(tampered('DELETE FROM audit WHERE n = 2'), 2);
});
