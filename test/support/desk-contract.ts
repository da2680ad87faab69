/** What `ports/desk.ts` promises, as tests for any store. */
import test, { type ExecutionContext } from 'ava';
import { foldAct, untouched } from '../../daemons/core/desk/fold.ts';
import type { DeskStore, Wish } from '../../daemons/core/ports/desk.ts';
import { Fault } from '../../daemons/core/ports/fault.ts';
import type { Records } from '../../daemons/core/ports/records.ts';
import type { Deed } from '../../daemons/core/values/desk.ts';
import { sampleAlert } from './alerts.ts';
import { arrivalOf } from './arrivals.ts';

export interface OpenedDesk {
  readonly records: Records;
  readonly desk: DeskStore;
  /** The same store as another process has it. */
  readonly beside: DeskStore;
}
export type Open = (t: ExecutionContext) => Promise<OpenedDesk>;

export const wish = (alert: string, deed: Deed, by = 'op-1', atMs = 1000): Wish => ({
  ...{ alert, deed, by, atMs },
  role: by === 'centre' ? 'centre' : 'supervisor',
});

export const raised = (records: Records, ...ids: readonly string[]): Promise<unknown> =>
  records.commit(
    ids.map((id, i) => arrivalOf({ seq: i + 1, body: sampleAlert(id, {}, 1_790_000_000_000) })),
    500,
  );

/** Registers the tests for the store that `open` gives, empty and fresh for each. */
export function deskContract(name: string, open: Open): void {
  test(`${name}: a deed moves the change number and rides on the alert; nobody's alert has no desk`, async (t) => {
    const { records, desk } = await open(t);
    await raised(records, 'a', 'b');
    const { cursor, alerts } = await records.changes(0, 10);
    t.deepEqual(
      alerts.map((one) => 'desk' in one),
      [false, false],
    );
    const done = await desk.act(wish('a', { what: 'assign', unit: 'Red 1' }));
    t.is(done?.record.desk?.assigned, 'Red 1');
    const after = await records.changes(cursor, 10);
    t.deepEqual(
      after.alerts.map(({ alert, desk: one }) => [alert.id, one?.assigned, one?.acts]),
      [['a', 'Red 1', 1]],
    );
    t.is(await desk.act(wish('nowhere', { what: 'accept' })), null);
  });

  test(`${name}: a new revision of an alert leaves what people did`, async (t) => {
    const { records, desk } = await open(t);
    await raised(records, 'a');
    await desk.act(wish('a', { what: 'acknowledge' }));
    await desk.act(wish('a', { what: 'note', text: 'seen' }));
    await records.commit([arrivalOf({ seq: 9, body: sampleAlert('a', { rev: 2, condition: 'cleared' }) })], 900);
    const record = await desk.record('a');
    t.is(record?.alert.condition, 'cleared');
    t.deepEqual(record?.acknowledged, { by: 'op-1', atMs: 1000 });
    t.is(record?.desk?.notes, 1);
    t.is(record?.desk?.resolved, null);
  });

  test(`${name}: what makes no sense is refused with the alert as it is, and leaves no act`, async (t) => {
    const { records, desk } = await open(t);
    await raised(records, 'a');
    await desk.act(wish('a', { what: 'resolve', outcome: 'found', text: 'barrels' }, 'op-1'));
    const second = await desk.act(wish('a', { what: 'resolve', outcome: 'not-found', text: '' }, 'op-2'));
    t.is(second?.act, null);
    t.regex(second?.why ?? '', /resolved as found by op-1/);
    t.is(second?.record.desk?.resolved?.outcome, 'found');
    t.is((await desk.acts('a')).length, 1);
  });

  test(`${name}: duplicates are seen from both sides, and the log of each folds to what is kept`, async (t) => {
    const { records, desk } = await open(t);
    await raised(records, 'a', 'b', 'c');
    const link = (one: string, to: string) => desk.act(wish(one, { what: 'link', to }));
    await link('b', 'a');
    await link('c', 'a');
    t.regex((await link('a', 'b'))?.why ?? '', /2 others are duplicates of it/);
    t.regex((await link('a', 'a'))?.why ?? '', /itself/);
    t.regex((await link('b', 'gone'))?.why ?? '', /no alert gone/);
    await desk.act(wish('b', { what: 'unlink' }));
    for (const id of ['a', 'b', 'c']) {
      const folded = (await desk.acts(id)).reduce((sum, act) => foldAct(sum, act, id), untouched);
      t.deepEqual((await desk.record(id))?.desk, folded);
    }
    t.deepEqual((await desk.record('a'))?.desk?.duplicates, ['c']);
  });

  test(`${name}: a text with quotes, scripts and nothings is kept as text`, async (t) => {
    const { records, desk } = await open(t);
    await raised(records, 'a');
    const text = `<script>alert('x')</script> "; DROP TABLE act; -- \u0000 Қала`;
    await desk.act(wish('a', { what: 'note', text }));
    const [act] = await desk.acts('a');
    t.is((act?.deed as { text?: string })?.text?.replace('\ufffd', '\0'), text);
  });

  test(`${name}: two who do the same at once: one does it, the other is told`, async (t) => {
    const { records, desk, beside } = await open(t);
    const ids = Array.from({ length: 8 }, (_, i) => `a${i}`);
    await raised(records, ...ids);
    const both = (deed: Deed) =>
      Promise.all(
        ids.flatMap((id) => [desk.act(wish(id, deed, 'op-1', 1001)), beside.act(wish(id, deed, 'op-2', 1002))]),
      );
    for (const deed of [{ what: 'acknowledge' }, { what: 'resolve', outcome: 'found', text: '' }] as const) {
      const done = await both(deed);
      t.is(done.filter((one) => one?.act).length, ids.length);
      t.true(done.every((one) => one?.act || / by op-[12]/.test(one?.why ?? '')));
    }
    for (const id of ids) t.is((await desk.acts(id)).length, 2);
  });

  test(`${name}: what a phone sends again under its key is done once, and tells when it was done`, async (t) => {
    const { records, desk, beside } = await open(t);
    await raised(records, 'a', 'b');
    const key = '0b6b0c1e-6a8f-4d35-9d3e-0d6a4a1d6f10';
    const note = { ...wish('a', { what: 'note', text: 'smell of ether' }, 'pa-1', 5000), role: 'patrol' as const };
    const sent = { ...note, unit: 'Red 1', key, doneMs: 2000 };
    const [first, second] = [await desk.act(sent), await beside.act({ ...sent, atMs: 9000 })];
    t.deepEqual(second?.act, first?.act ?? null);
    const told = [{ unit: 'Red 1', key, doneMs: 2000, atMs: 5000 }];
    t.like(await desk.acts('a'), told);
    t.is((await desk.record('a'))?.desk?.notes, 1);
    // The key is of one person on one alert.
    t.not((await desk.act({ ...sent, alert: 'b' }))?.act?.n, first?.act?.n);
    t.not((await desk.act({ ...sent, by: 'pa-2' }))?.act?.n, first?.act?.n);
    const both = await Promise.all(
      Array.from({ length: 8 }, (_, i) => (i % 2 ? desk : beside).act({ ...sent, key: key.replace('0b', '0c') })),
    );
    t.is(new Set(both.map((one) => one?.act?.n)).size, 1);
  });

  test(`${name}: two who claim to tell a unit at once: one does`, async (t) => {
    const { records, desk, beside } = await open(t);
    await raised(records, 'a');
    const tell: Deed = { what: 'tell', unit: 'Red 1', way: 'sms', step: 0, grouped: false };
    const done = await Promise.all([desk, beside].map((one) => one.act(wish('a', tell, 'centre'))));
    t.is(done.filter((one) => one?.act).length, 1);
  });

  test(`${name}: two who link two alerts to each other at once make no circle`, async (t) => {
    const { records, desk, beside } = await open(t);
    await raised(records, 'a', 'b');
    const done = await Promise.all([
      desk.act(wish('a', { what: 'link', to: 'b' })),
      beside.act(wish('b', { what: 'link', to: 'a' })),
    ]);
    t.is(done.filter((one) => one?.act).length, 1);
  });

  test(`${name}: acts are told in the order of the store, whatever the clocks said`, async (t) => {
    const { records, desk } = await open(t);
    await raised(records, 'a');
    const fortnight = 14 * 86_400_000;
    await desk.act(wish('a', { what: 'note', text: 'first' }, 'op-1', 1000 + fortnight));
    await desk.act(wish('a', { what: 'note', text: 'second' }, 'op-1', 1000));
    t.deepEqual(
      (await desk.acts('a')).map(({ deed }) => (deed as { text: string }).text),
      ['first', 'second'],
    );
  });

  test(`${name}: appointments come due, longest overdue first, and who did not accept is told`, async (t) => {
    const { records, desk } = await open(t);
    await raised(records, 'a', 'b', 'c');
    const { cursor } = await records.changes(0, 10);
    await desk.appoint([
      { alert: 'a', dueMs: 20, open: true, acceptedMs: 0 },
      { alert: 'b', dueMs: 10, open: true, acceptedMs: 700 },
      { alert: 'c', dueMs: null, open: false, acceptedMs: 0 },
    ]);
    t.deepEqual((await records.changes(cursor, 10)).alerts, []);
    t.deepEqual(
      (await desk.due(20, 10)).map((one) => [one.alert.id, 'desk' in one]),
      [
        ['b', false],
        ['a', false],
      ],
    );
    t.deepEqual(await desk.due(9, 10), []);
    t.deepEqual(await desk.unaccepted(700, 10), { alerts: ['a'], total: 1 });
    t.deepEqual(await desk.unaccepted(701, 1), { alerts: ['a'], total: 2 });
  });

  test(`${name}: what consoles share is written by one of two who read the same`, async (t) => {
    const { desk, beside } = await open(t);
    t.deepEqual(await desk.read('shift'), { version: 0, value: null });
    const first = await Promise.all([desk.swap('shift', 0, 'x'), beside.swap('shift', 0, 'y')]);
    t.is(first.filter(Boolean).length, 1);
    const second = await Promise.all([desk.swap('shift', 1, 'x'), beside.swap('shift', 1, 'y')]);
    t.is(second.filter(Boolean).length, 1);
    t.is((await desk.read('shift')).version, 2);
  });

  test(`${name}: a search gives pages from the newest to the oldest, each alert once, with how many there are`, async (t) => {
    const { records, desk } = await open(t);
    for (let n = 0; n < 9; n++)
      await records.commit([arrivalOf({ seq: n + 1, body: sampleAlert(`s${n}`) })], 1000 + Math.floor(n / 2));
    const ids: string[] = [];
    for (let after: string | null = null, pages = 0; pages === 0 || after !== null; pages++) {
      const found = await desk.search({ drill: 'none' }, { after, limit: 4 });
      t.is(found.total, 9);
      ids.push(...found.alerts.map(({ alert }) => alert.id));
      after = found.next;
    }
    t.deepEqual(ids, ['s8', 's7', 's6', 's5', 's4', 's3', 's2', 's1', 's0']);
  });

  test(`${name}: each thing that is looked for narrows the search, words of notes and outcomes too`, async (t) => {
    const { records, desk } = await open(t);
    const made = (seq: number, id: string, news: object, device = 'post-7') =>
      records.commit([arrivalOf({ seq, device, body: sampleAlert(id, news) })], 1000 * seq);
    await made(1, 'a', { kind: 'vapour.acid', severity: 'warning' });
    await made(2, 'b', {});
    await made(3, 'c', {}, 'gone-box');
    await desk.act(wish('a', { what: 'note', text: 'Бочки у дороги' }));
    await desk.act(wish('b', { what: 'resolve', outcome: 'not-found', text: 'nobody at the 100% barn' }));
    const idsOf = async (search: object) => {
      const { alerts, total } = await desk.search({ drill: 'none', ...search }, { after: null, limit: 10 });
      t.is(alerts.length, total);
      return alerts.map(({ alert }) => alert.id).join('');
    };
    t.is(await idsOf({ kind: 'vapour.acid' }), 'a');
    t.is(await idsOf({ severity: 'critical' }), 'cb');
    t.is(await idsOf({ device: 'gone-box' }), 'c');
    t.is(await idsOf({ site: 'north' }), 'cba');
    t.is(await idsOf({ site: "north' OR 1=1 --" }), '');
    t.is(await idsOf({ outcome: 'not-found' }), 'b');
    t.is(await idsOf({ fromMs: 2000, toMs: 3000 }), 'b');
    t.is(await idsOf({ text: 'БОЧ дорог' }), 'a');
    t.is(await idsOf({ text: 'бочки barn' }), '');
    t.is(await idsOf({ text: '100%' }), 'b');
    t.is(await idsOf({ text: '%' }), '');
    t.is(await idsOf({ text: 'c' }), 'c');
  });

  test(`${name}: outcomes are counted by kind and site, and those of drills are not`, async (t) => {
    const { records, desk } = await open(t);
    await raised(records, 'a', 'b', 'c');
    for (const id of ['a', 'b']) await desk.act(wish(id, { what: 'resolve', outcome: 'found', text: '' }));
    await desk.act(wish('c', { what: 'resolve', outcome: 'no-access', text: '' }));
    const drill = { by: 'centre', role: 'centre', atMs: 1000, deed: { what: 'drill', text: 'exercise' } } as const;
    await desk.raise(sampleAlert('drill-1'), 'north', 'drill', drill);
    await desk.act(wish('drill-1', { what: 'resolve', outcome: 'found', text: '' }));
    t.deepEqual(await desk.outcomes({ kind: 'vapour.ammonia', site: 'north' }), { found: 2, 'no-access': 1 });
    t.deepEqual(await desk.outcomes({ site: 'south' }), {});
    t.deepEqual((await desk.search({ drill: 'only' }, { after: null, limit: 5 })).total, 1);
  });

  test(`${name}: an alert of a drill is marked in the same transaction and counted nowhere`, async (t) => {
    const { records, desk } = await open(t);
    await raised(records, 'a');
    const drill = { by: 'centre', role: 'centre', atMs: 1000, deed: { what: 'drill', text: 'exercise' } } as const;
    const done = await desk.raise(sampleAlert('drill-1'), 'north', 'drill', drill);
    t.true(done.record.desk?.drill);
    await desk.act(wish('drill-1', { what: 'acknowledge' }));
    const { alerts, acknowledged } = await records.counts();
    t.deepEqual({ alerts, acknowledged }, { alerts: 1, acknowledged: 0 });
    t.deepEqual(
      (await records.changes(0, 10)).alerts.map((one) => [one.alert.id, one.desk?.drill]),
      [
        ['a', undefined],
        ['drill-1', true],
      ],
    );
    await t.throwsAsync(desk.raise(sampleAlert('a'), 'north', 'drill', drill), { instanceOf: Fault });
    t.is((await desk.record('a'))?.desk, undefined);
  });
}
