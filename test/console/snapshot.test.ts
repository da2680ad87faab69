import test from 'ava';
import fc from 'fast-check';
import { countBeyond, emptySnapshot, shed, slim, takeIn } from '../../daemons/console/snapshot.ts';
import type { AlertRecord } from '../../daemons/core/ports/records.ts';
import { sampleAlert } from '../support/alerts.ts';

const record = (id: string, isCleared: boolean, isAcknowledged: boolean): AlertRecord => ({
  site: 'north',
  device: 'post-7',
  alert: sampleAlert(id, { condition: isCleared ? 'cleared' : 'held' }, 1_700_000_000_000),
  raisedMs: 0,
  changedMs: 0,
  acknowledged: isAcknowledged ? { by: 'op-1', atMs: 1 } : null,
});

test('what is forgotten first is what needs nobody, and the lid always holds', (t) => {
  const kinds = fc.array(fc.record({ isCleared: fc.boolean(), isAcknowledged: fc.boolean() }), { maxLength: 60 });
  fc.assert(
    fc.property(kinds, fc.integer({ min: 1, max: 40 }), (list, limit) => {
      const snapshot = emptySnapshot();
      const records = list.map((one, i) => record(`a${i}`, one.isCleared, one.isAcknowledged));
      takeIn(snapshot, { alerts: records, devices: [] });
      const forgot = shed(snapshot, limit);
      const need = (one: AlertRecord) => (one.alert.condition === 'cleared' ? 0 : 2) + (one.acknowledged ? 0 : 1);
      const gone = records.filter((one) => !snapshot.alerts.has(one.alert.id));
      const mostGone = Math.max(-1, ...gone.map(need));
      const leastKept = Math.min(4, ...[...snapshot.alerts.values()].map(need));
      t.true(snapshot.alerts.size <= limit);
      t.is(forgot, list.length > limit);
      t.true(mostGone <= leastKept);
    }),
    { numRuns: 200 },
  );
});

test('an alert that changes moves to the end of the order', (t) => {
  const snapshot = emptySnapshot();
  takeIn(snapshot, { alerts: [record('a', false, false), record('b', false, false)], devices: [] });
  takeIn(snapshot, { alerts: [record('a', true, false)], devices: [] });
  t.deepEqual([...snapshot.alerts.keys()], ['b', 'a']);
});

test('what was forgotten is still counted while somebody has to look at it, and once alone when it comes back', (t) => {
  const snapshot = emptySnapshot();
  const open = Array.from({ length: 20 }, (_, i) => record(`a${i}`, false, i % 2 === 0));
  takeIn(snapshot, { alerts: open, devices: [] });
  shed(snapshot, 10);
  const held = [...snapshot.alerts.values()];
  const { open: beyond, unacknowledged } = countBeyond(snapshot);
  t.is(beyond + held.length, 20);
  t.is(unacknowledged + held.filter((one) => one.acknowledged === null).length, 10);
  takeIn(snapshot, { alerts: [record('a0', true, true)], devices: [] });
  t.is(countBeyond(snapshot).open + snapshot.alerts.size, 20);
});

test('of a birth the page is sent what its list shows, and of a birth that is no such thing nothing', (t) => {
  const device = {
    site: 'north',
    device: 'post-7',
    status: 'online',
    lastSeenMs: 1,
    simulated: true,
    where: null,
  } as const;
  const birth = { version: '0.1.0', sensors: [1, 2], dock: true, model: { curves: [] } };
  t.deepEqual(slim({ ...device, birth }).birth, { version: '0.1.0', sensors: 2, dock: true });
  t.deepEqual(slim({ ...device, birth: { version: {}, sensors: 'x', dock: 'yes' } }).birth, {});
});
