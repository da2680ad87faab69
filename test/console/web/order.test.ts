import test from 'ava';
import fc from 'fast-check';
import { anySimulated, applyNews, arrive, emptyBoard, isSimulated } from '../../../daemons/console/web/board.ts';
import { gatherPlaces, openSpots } from '../../../daemons/console/web/map/places.ts';
import { chooseAlerts, isSilent } from '../../../daemons/console/web/order.ts';
import { byUrgency, sectionOf } from '../../../daemons/core/desk/urgency.ts';
import type { AlertRecord, DeviceRecord } from '../../../daemons/core/ports/records.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import { sampleAlert } from '../../support/alerts.ts';

const now = 1_700_000_000_000;
const record = (id: string, news: Partial<Alert> = {}, more: Partial<AlertRecord> = {}): AlertRecord => ({
  site: 'north',
  device: 'post-7',
  alert: sampleAlert(id, news, now),
  raisedMs: now,
  changedMs: now,
  acknowledged: null,
  ...more,
});
const seen = { acknowledged: { by: 'op-1', atMs: now } };
const device: DeviceRecord = {
  site: 'north',
  device: 'post-7',
  status: 'online',
  lastSeenMs: now,
  simulated: false,
  where: { lat: 1, lon: 2 },
  birth: {},
};
const held = (records: readonly AlertRecord[]) => new Map(records.map((one) => [one.alert.id, one]));
const ids = (records: Iterable<AlertRecord>): string[] => [...records].map((one) => one.alert.id);

test('what needs a person comes first: open before cleared, unseen before seen, critical before info, new before old', (t) => {
  const list = [
    record('cleared-seen', { condition: 'cleared' }, seen),
    record('cleared-unseen', { condition: 'cleared' }),
    record('open-seen', {}, seen),
    record('open-info', { severity: 'info' }),
    record('open-old', {}, { raisedMs: now - 1 }),
    record('open-new'),
  ];
  t.deepEqual(ids(chooseAlerts(held(list), 'all', now)), [
    'open-new',
    'open-old',
    'open-info',
    'open-seen',
    'cleared-unseen',
    'cleared-seen',
  ]);
});

test('the order is total, so that the list never trembles', (t) => {
  const any = fc.record({
    id: fc.uuid(),
    severity: fc.constantFrom('critical', 'warning', 'info'),
    condition: fc.constantFrom('raised', 'held', 'cleared'),
    isSeen: fc.boolean(),
    raisedMs: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(any, { selector: (one) => one.id, maxLength: 12 }), fc.integer(), (list, seed) => {
      const records = list.map(({ id, severity, condition, isSeen, raisedMs }) =>
        record(id, { severity, condition }, { raisedMs, ...(isSeen ? seen : {}) }),
      );
      const sorted = ids([...records].sort(byUrgency));
      const turned = seed % Math.max(1, records.length);
      const other = [...records.slice(turned), ...records.slice(0, turned)].reverse();
      t.deepEqual(ids(other.sort(byUrgency)), sorted);
    }),
    { numRuns: 100 },
  );
});

test('acknowledging does not clear and clearing does not acknowledge: four sections', (t) => {
  t.is(sectionOf(record('a')), 0);
  t.is(sectionOf(record('a', {}, seen)), 1);
  t.is(sectionOf(record('a', { condition: 'cleared' })), 2);
  t.is(sectionOf(record('a', { condition: 'cleared' }, seen)), 3);
});

test('the filters show what they say', (t) => {
  const list = [record('open'), record('seen', {}, seen), record('cleared', { condition: 'cleared' })];
  t.deepEqual(ids(chooseAlerts(held(list), 'open', now)), ['open', 'seen']);
  t.deepEqual(ids(chooseAlerts(held(list), 'unacknowledged', now)), ['open', 'cleared']);
});

test('an open alert past its expiry is silent, a cleared one is not', (t) => {
  t.true(isSilent(record('a', { expiresMs: now }), now + 1));
  t.false(isSilent(record('a', { expiresMs: now }), now));
  t.false(isSilent(record('a', { expiresMs: now, condition: 'cleared' }), now + 1));
});

test('news replaces what it names and keeps the rest; a whole state replaces all', (t) => {
  const first = applyNews(emptyBoard, { alerts: [record('a'), record('b')], devices: [device] }, true);
  const second = applyNews(first, { alerts: [record('b', { rev: 2 })], devices: [] }, false);
  t.deepEqual([...second.alerts.keys()], ['a', 'b']);
  t.is(second.alerts.get('b')?.alert.rev, 2);
  t.is(second.devices, first.devices);
  const third = applyNews(second, { alerts: [record('c')], devices: [], complete: false }, true);
  t.deepEqual([...third.alerts.keys()], ['c']);
  t.is(third.devices.size, 0);
  t.false(third.complete);
});

test('an alert is simulated when its flag or its device says so', (t) => {
  const clean = record('a', { flags: [] });
  const real = applyNews(emptyBoard, { alerts: [clean], devices: [device] }, true);
  t.false(isSimulated(real, clean));
  t.false(anySimulated(real));
  const board = applyNews(real, { alerts: [], devices: [{ ...device, simulated: true }] }, false);
  t.true(isSimulated(board, clean));
  t.true(anySimulated(board));
  t.true(isSimulated(real, record('b')));
});

test('alerts of one spot share a mark with the most urgent on top, and the most urgent mark is drawn last', (t) => {
  const elsewhere = { lat: 10, lon: 10, ceM: 50, source: 'gnss' } as const;
  const places = gatherPlaces(
    [
      record('minor', { severity: 'info' }),
      record('far', { severity: 'warning', where: elsewhere }),
      record('major'),
      record('nowhere', { where: null }),
      record('history', { condition: 'cleared', where: { ...elsewhere, lat: 20 } }, seen),
    ],
    null,
    now,
  );
  t.deepEqual(
    places.map((place) => ids(place.records)),
    [['far'], ['major', 'minor']],
  );
});

test('the selected alert is on the map even when it is history, and on top of its spot', (t) => {
  const old = record('history', { condition: 'cleared' }, seen);
  const places = gatherPlaces([record('open'), old], 'history', now);
  t.deepEqual(ids(places[0]?.records ?? []), ['history', 'open']);
});

test('the map opens on what is open, else on the devices', (t) => {
  const devices = [device];
  const open = applyNews(emptyBoard, { alerts: [record('a')], devices }, true);
  t.is(openSpots(open)[0]?.lat, 51.1694);
  const quiet = applyNews(emptyBoard, { alerts: [record('a', { condition: 'cleared' })], devices }, true);
  t.deepEqual(openSpots(quiet), [{ lat: 1, lon: 2 }]);
});

test('what is resolved, shelved or a duplicate stands aside, and comes back when its time is over', (t) => {
  const nobody = {
    escalated: null,
    accepted: null,
    muted: null,
    duplicates: [],
    dwelling: null,
    drill: false,
    notes: 0,
    acts: 1,
  };
  const desk = { ...nobody, assigned: null, resolved: null, shelved: null, duplicateOf: null };
  const said = { by: 'op-17', atMs: now, text: '' };
  const list = [
    record('open'),
    record('resolved', {}, { desk: { ...desk, resolved: { ...said, outcome: 'found' } } }),
    record('shelved', {}, { desk: { ...desk, shelved: { by: 'op-17', reason: 'work', untilMs: now + 1 } } }),
    record('twin', {}, { desk: { ...desk, duplicateOf: 'open' } }),
  ];
  t.deepEqual(ids(chooseAlerts(held(list), 'all', now)), ['open']);
  t.deepEqual(ids(chooseAlerts(held(list), 'aside', now)).toSorted(), ['resolved', 'shelved', 'twin']);
  t.deepEqual(ids(chooseAlerts(held(list), 'all', now + 1)).toSorted(), ['open', 'shelved']);
});

test('an empty page shows the first part of a state at once; one that shows something keeps it until all is there', (t) => {
  const part = (id: string, more: boolean) => ({ alerts: [record(id)], devices: [], ...(more && { more }) });
  const first = arrive({ shown: emptyBoard, coming: null }, part('a', true), true);
  t.deepEqual([...first.shown.alerts.keys()], ['a']);
  t.true(first.shown.arriving);
  const whole = arrive(first, part('b', false), false);
  t.deepEqual([...whole.shown.alerts.keys()], ['a', 'b']);
  t.false(whole.shown.arriving);
  const again = arrive(whole, part('c', true), true);
  t.is(again.shown, whole.shown);
  const done = arrive(again, part('d', false), false);
  t.deepEqual([...done.shown.alerts.keys()], ['c', 'd']);
  t.is(done.coming, null);
});
