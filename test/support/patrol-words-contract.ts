/** What the ledger makes of words that patrols said at boxes, as tests for any store. */
import test, { type ExecutionContext } from 'ava';
import type { DeskStore } from '../../daemons/core/ports/desk.ts';
import type { Arrival, Records } from '../../daemons/core/ports/records.ts';
import type { BoxEvent } from '../../daemons/core/values/envelope.ts';
import type { Stamp } from '../../daemons/core/values/stamp.ts';
import { heedPatrols } from '../../daemons/ledger/patrol-words.ts';
import { type Taking, take } from '../../daemons/ledger/take.ts';
import { sampleAlert, stampAt } from './alerts.ts';
import { arrivalOf } from './arrivals.ts';

type Open = (t: ExecutionContext) => Promise<{ readonly records: Records; readonly desk: DeskStore }>;

const startMs = 1_790_000_100_000;
const key = '0b1c8f9e-5a5e-4a53-9f0e-3d5a5f6a7b8c';
const messageOf = ({ text, envelope: { device, stream } }: Arrival) => ({
  topic: `fieldpost/v1/north/${device}/${stream}`,
  payload: Buffer.from(text),
});
const alertOf = (id: string, seq = 1, device = 'post-7'): Arrival =>
  arrivalOf({ device, seq, body: sampleAlert(id, {}, startMs - 60_000) });

interface Word {
  readonly seq?: number;
  readonly device?: string;
  readonly at?: Stamp;
  readonly detail?: object;
}
const wordOf = ({ seq = 1, device = 'post-7', at = stampAt(startMs - 30_000), detail = {} }: Word = {}): Arrival => {
  const said = { alert: 'a', deed: { what: 'acknowledge' }, key, agoMs: 5000, unit: 'Red 1', by: 'p-17' };
  return arrivalOf({
    ...{ device, seq, spool: 'page', stream: 'event' },
    body: { type: 'patrol-word', at, message: 'said', detail: { ...said, ...detail } },
  });
};

function room({ records, desk }: { readonly records: Records; readonly desk: DeskStore }) {
  const said: string[] = [];
  const clock = { nowMs: startMs };
  const clockEvents: Pick<BoxEvent, 'type' | 'detail'>[] = [];
  const log = (text: string): void => void said.push(text);
  const ledger = (over: Pick<DeskStore, 'act'> = desk): Taking => ({
    ...{ signal: new AbortController().signal, progress: () => {}, log: { info: log, warn: log, error: log } },
    clock: { now: () => stampAt(clock.nowMs), sleep: async () => {} },
    words: heedPatrols({ act: over.act, record: desk.record, clockEvents: async () => clockEvents }),
  });
  const ctx = ledger();
  return {
    ...{ said, clock, clockEvents },
    hear: (...arrivals: readonly Arrival[]) => take(arrivals.map(messageOf), records, ctx),
    /** One that was started anew, over a store that may die. */
    anew: (over: Partial<Records & DeskStore>, ...arrivals: readonly Arrival[]) =>
      take(arrivals.map(messageOf), { ...records, ...over }, ledger({ ...desk, ...over })),
    events: async () => (await records.watermark('post-7', 'page', 'event')).through,
  };
}

/** Registers the tests for the store that `open` gives, empty and fresh for each. */
export function patrolWordsContract(name: string, open: Open): void {
  test(`${name}: a word is one act of the unit, with the box in its key and the moment by the clock of the box`, async (t) => {
    const stores = await open(t);
    const { hear } = room(stores);
    // Behind its alert, in one batch, though it came before it.
    const due = await hear(wordOf(), alertOf('a'));
    t.deepEqual(due.map(({ spool, stream }) => `${spool} ${stream}`).sort(), ['page event', 's alert']);
    const acts = await stores.desk.acts('a');
    t.is(acts.length, 1);
    t.like(acts[0], {
      ...{ by: 'p-17', role: 'patrol', unit: 'Red 1', deed: { what: 'acknowledge' }, atMs: startMs },
      ...{ key: `box:post-7:${key}`, doneMs: startMs - 35_000 },
    });
    const record = await stores.desk.record('a');
    t.is(record?.acknowledged?.by, 'p-17');
    t.is(record?.desk?.told?.[0]?.acknowledged?.atMs, startMs - 35_000);
  });

  test(`${name}: it stands once though the ledger dies before its commit, before its receipt, and though it comes twice`, async (t) => {
    const stores = await open(t);
    const { hear, anew, events } = room(stores);
    await hear(alertOf('a'));
    const killed = async (): Promise<never> => {
      throw new Error('killed');
    };
    // A report may be said again: nothing but its key tells that it is the same.
    const report = (seq = 1) => wordOf({ seq, detail: { deed: { what: 'report', outcome: 'found', text: 'drums' } } });
    for (const dies of [{ act: killed }, { commit: killed }]) {
      await t.throwsAsync(anew(dies, report()), { message: 'killed' });
      t.is(await events(), 0, 'a box that asks how far it is confirmed must not forget it');
    }
    t.is((await anew({}, report())).length, 1);
    t.is((await anew({}, report(), report())).length, 1);
    // The phone said it twice to the box, which kept it twice.
    await hear(report(2));
    t.is((await stores.desk.acts('a')).length, 1);
    t.is(await events(), 2);
  });

  test(`${name}: a box speaks for its own alerts alone`, async (t) => {
    const stores = await open(t);
    const { hear, said, events } = room(stores);
    await hear(alertOf('a', 1, 'post-8'));
    await hear(wordOf());
    t.deepEqual(await stores.desk.acts('a'), []);
    t.is((await stores.desk.record('a'))?.acknowledged, null);
    t.true(said.some((one) => /alert of another box/.test(one)));
    t.is(await events(), 1, 'it is kept as an event');
  });

  test(`${name}: a word on an alert that is not here waits for it, and no longer than ten minutes`, async (t) => {
    const stores = await open(t);
    const { hear, said, clock, events } = room(stores);
    t.deepEqual(await hear(wordOf()), []);
    t.is(await events(), 0);
    await hear(alertOf('a'));
    t.is((await hear(wordOf())).length, 1);
    t.is((await stores.desk.acts('a')).length, 1);

    const lost = wordOf({ seq: 2, detail: { alert: 'never' } });
    await hear(lost);
    clock.nowMs += 9 * 60_000;
    t.deepEqual(await hear(lost), []);
    clock.nowMs += 2 * 60_000;
    t.is((await hear(lost)).length, 1);
    t.is(await events(), 2);
    t.true(said.some((one) => /did not come/.test(one)));
  });

  test(`${name}: a moment that nobody knows is not told; one that was corrected since is`, async (t) => {
    const stores = await open(t);
    const { hear, clockEvents } = room(stores);
    await hear(alertOf('a'), alertOf('b', 2));
    const lost: Stamp = { ...stampAt(1000), monoNs: 5e9, boot: 'other', synced: false, uncertaintyMs: null };
    await hear(wordOf({ at: lost }));
    t.is((await stores.desk.acts('a'))[0]?.doneMs, undefined);
    t.is((await stores.desk.acts('a'))[0]?.atMs, startMs);
    // Twenty seconds later the box learnt the time.
    const detail = { boot: 'other', monoNs: 25e9, wallMs: startMs - 10_000, uncertaintyMs: 20, source: 'gnss' };
    clockEvents.push({ type: 'clock-corrected', detail });
    await hear(wordOf({ at: lost, seq: 2, detail: { alert: 'b', agoMs: 0 } }));
    t.is((await stores.desk.acts('b'))[0]?.doneMs, startMs - 30_000);
  });

  test(`${name}: what cannot be read is kept as an event, and nothing is done`, async (t) => {
    const stores = await open(t);
    const { hear, said, events } = room(stores);
    await hear(alertOf('a'));
    const wrongs = [
      { deed: { what: 'resolve', outcome: 'found', text: '' } },
      { deed: null },
      { key: 'none' },
      { by: 'a name with blanks' },
      { unit: '' },
      { agoMs: -1 },
      { alert: 7 },
      { deed: { what: 'report', outcome: 'found', text: 'x'.repeat(2001) } },
    ];
    await hear(...wrongs.map((detail, i) => wordOf({ seq: i + 1, detail })));
    t.is(await events(), wrongs.length);
    t.deepEqual(await stores.desk.acts('a'), []);
    t.is(said.filter((one) => /cannot be read/.test(one)).length, wrongs.length);
  });
}
