/** What `ports/records.ts` promises, as tests for any store. */
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import type { Arrival, Records } from '../../daemons/core/ports/records.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { streams } from '../../daemons/core/values/envelope.ts';
import { sampleAlert } from './alerts.ts';
import { arrivalOf, goneEvent } from './arrivals.ts';
import { memoryRecords } from './records.memory.ts';

type Open = (t: ExecutionContext) => Promise<Records>;

const events = (records: Records, seqs: readonly number[]): Promise<unknown> =>
  records.commit(
    seqs.map((seq) => arrivalOf({ stream: 'event', seq })),
    0,
  );

/** Registers the tests for the store that `open` gives, empty and fresh for each. */
export function recordsContract(name: string, open: Open): void {
  test(`${name}: the same envelope twice is one, and the second changes nothing`, async (t) => {
    const records = await open(t);
    const first = arrivalOf({ seq: 1 });
    t.deepEqual(await records.commit([first, first], 1000), ['new', 'duplicate']);
    const { cursor } = await records.changes(0, 10);
    t.deepEqual(await records.commit([first], 1001), ['duplicate']);
    t.deepEqual((await records.changes(cursor, 10)).alerts, []);
    const { envelopes, alerts, duplicates } = await records.counts();
    t.deepEqual({ envelopes, alerts, duplicates }, { envelopes: 1, alerts: 1, duplicates: 2 });
  });

  test(`${name}: the same key with another link hash is a conflict: both are kept, shown, and both alerts count`, async (t) => {
    const records = await open(t);
    const one = arrivalOf({ seq: 1 });
    const other = arrivalOf({ seq: 1, salt: 'f', body: { id: 'raised-by-the-copy' } });
    t.deepEqual(await records.commit([one, other, other], 5), ['new', 'conflict', 'duplicate']);
    t.deepEqual(await records.conflicts(10), [
      { site: 'north', device: 'post-7', spool: 's', stream: 'alert', seq: 1, text: other.text, atMs: 5 },
    ]);
    const { envelopes, conflicts, alerts } = await records.counts();
    t.deepEqual({ envelopes, conflicts, alerts }, { envelopes: 1, conflicts: 1, alerts: 2 });
    t.deepEqual((await records.watermark('post-7', 's', 'alert')).through, 1);
  });

  test(`${name}: an older revision that comes late changes no alert, and another device cannot revise it`, async (t) => {
    const records = await open(t);
    const rev = (seq: number, n: number, device = 'post-7'): Arrival =>
      arrivalOf({ seq, device, body: sampleAlert('a', { rev: n }) });
    await records.commit([rev(2, 2), rev(1, 1), rev(1, 3, 'post-8')], 0);
    const { alerts } = await records.changes(0, 10);
    t.deepEqual(
      alerts.map(({ device, alert }) => [device, alert.rev]),
      [['post-7', 2]],
    );
  });

  test(`${name}: alerts of a device that are not over are given whole`, async (t) => {
    const records = await open(t);
    const said = (seq: number, id: string, change: Partial<Alert>, device = 'post-7'): Arrival =>
      arrivalOf({ seq, device, body: sampleAlert(id, change) });
    await records.commit(
      [
        said(1, 'a', { rev: 1 }),
        said(2, 'b', { rev: 1 }),
        said(3, 'b', { rev: 2, condition: 'cleared' }),
        said(1, 'c', { rev: 1 }, 'post-8'),
      ],
      5,
    );
    t.deepEqual(
      (await records.openOf('post-7')).map(({ alert, raisedMs }) => [alert.id, raisedMs]),
      [['a', 5]],
    );
  });

  test(`${name}: a watermark covers what came and lists what did not`, async (t) => {
    const records = await open(t);
    t.deepEqual(await records.watermark('post-7', 's', 'event'), {
      device: 'post-7',
      spool: 's',
      stream: 'event',
      through: 0,
      missing: [],
    });
    await events(records, [5, 1, 2, 8]);
    const { through, missing } = await records.watermark('post-7', 's', 'event');
    t.deepEqual({ through, missing }, { through: 8, missing: [3, 4, 6, 7] });
  });

  test(`${name}: a list of missing numbers that had to be cut confirms nothing beyond it`, async (t) => {
    const records = await open(t);
    await events(
      records,
      Array.from({ length: 1201 }, (_, i) => 2 * i + 1),
    );
    const { through, missing } = await records.watermark('post-7', 's', 'event');
    t.is(missing.length, 1000);
    t.is(through, Math.max(...missing));
  });

  test(`${name}: shed and lost close the gaps of any spool of the device, and of no other device`, async (t) => {
    const records = await open(t);
    await records.commit([arrivalOf({ stream: 'tele', seq: 9, spool: 'old' })], 0);
    await records.commit([arrivalOf({ stream: 'tele', seq: 9, spool: 'old', device: 'post-8' })], 0);
    await records.commit([goneEvent(1, 'lost', [{ spool: 'old', stream: 'tele', ranges: [[1, 5]] }])], 7);
    await records.commit([goneEvent(2, 'shed', [{ spool: 'old', stream: 'tele', ranges: [[4, 7]] }])], 8);
    t.deepEqual((await records.watermark('post-7', 'old', 'tele')).missing, [8]);
    t.is((await records.watermark('post-8', 'old', 'tele')).missing.length, 8);
    const shown = (await records.gone(10)).map(({ from, to, why, atMs }) => ({ from, to, why, atMs }));
    t.deepEqual(shown, [
      { from: 6, to: 7, why: 'shed', atMs: 8 },
      { from: 1, to: 5, why: 'lost', atMs: 7 },
    ]);
    t.is((await records.counts()).gone, 7);
  });

  test(`${name}: numbers declared gone beyond what came are not confirmed, and an envelope that comes after all is kept`, async (t) => {
    const records = await open(t);
    await records.commit([goneEvent(1, 'shed', [{ spool: 's', stream: 'tele', ranges: [[1, 50_000]] }])], 0);
    t.is((await records.watermark('post-7', 's', 'tele')).through, 0);
    t.deepEqual(await records.commit([arrivalOf({ stream: 'tele', seq: 3 })], 0), ['new']);
    const { through, missing } = await records.watermark('post-7', 's', 'tele');
    t.deepEqual({ through, missing }, { through: 3, missing: [] });
  });

  test(`${name}: an event whose gone ranges make no sense is kept and closes nothing`, async (t) => {
    const records = await open(t);
    await records.commit([arrivalOf({ stream: 'tele', seq: 4 })], 0);
    for (const [i, gone] of [null, [{ spool: 's', stream: 'tele', ranges: [[3, 1]] }], [{ stream: 'tele' }]].entries())
      t.deepEqual(await records.commit([goneEvent(i + 1, 'shed', gone)], 0), ['new']);
    t.deepEqual((await records.watermark('post-7', 's', 'tele')).missing, [1, 2, 3]);
  });

  test(`${name}: a box that says what it holds still closes everything below`, async (t) => {
    const records = await open(t);
    await events(records, [500, 501, 503]);
    const oldest = [{ spool: 's', stream: 'event', seq: 500 } as const];
    await records.status('north', 'post-7', { status: 'online', boot: 'b', oldest }, 3);
    const { through, missing } = await records.watermark('post-7', 's', 'event');
    t.deepEqual({ through, missing }, { through: 503, missing: [502] });
    const { from, to, why } = (await records.gone(1))[0] ?? {};
    t.deepEqual({ from, to, why }, { from: 1, to: 499, why: 'unheld' });
  });

  test(`${name}: the last will of an earlier life does not end a later one, its own does`, async (t) => {
    const records = await open(t);
    const status = async () => (await records.changes(0, 1)).devices[0]?.status;
    await records.birth('north', 'post-7', { boot: 'one', session: 'x' }, 1);
    await records.status('north', 'post-7', { status: 'online', boot: 'one', session: 'x' }, 1);
    await records.birth('north', 'post-7', { boot: 'two', session: 'y' }, 2);
    await records.status('north', 'post-7', { status: 'online', boot: 'two', session: 'y' }, 2);
    await records.status('north', 'post-7', { status: 'offline', boot: 'one', session: 'x' }, 3);
    t.is(await status(), 'online');
    await records.status('north', 'post-7', { status: 'offline', boot: 'two', session: 'z' }, 3);
    t.is(await status(), 'online');
    await records.status('north', 'post-7', { status: 'offline', boot: 'two', session: 'y' }, 4);
    t.is(await status(), 'offline');
    // Retained messages come again with a new subscription, in any order.
    await records.birth('north', 'post-7', { boot: 'two', session: 'y' }, 5);
    t.is(await status(), 'offline');
  });

  test(`${name}: a last will does not say that the box was seen`, async (t) => {
    const records = await open(t);
    await records.birth('north', 'post-7', { boot: 'one' }, 1000);
    await records.status('north', 'post-7', { status: 'offline', boot: 'one' }, 9000);
    t.is((await records.changes(0, 1)).devices[0]?.lastSeenMs, 1000);
  });

  test(`${name}: what cannot be read is shown newest first, with the bytes and the reason`, async (t) => {
    const records = await open(t);
    const payload = new Uint8Array([0, 255, 7]);
    await records.quarantine([{ topic: 'a', payload, reason: 'binary' }], 1);
    await records.quarantine([{ topic: 'b', payload: new Uint8Array(), reason: 'empty' }], 2);
    const [newest, before] = await records.quarantined(5);
    t.is(newest?.topic, 'b');
    t.is(before?.reason, 'binary');
    t.deepEqual([...(before?.payload ?? [])], [0, 255, 7]);
    t.is((await records.counts()).quarantined, 2);
  });

  test(`${name}: the head with the highest seq of each spool is kept`, async (t) => {
    const records = await open(t);
    const head = (spool: string, seq: number) => ({
      site: 'north',
      device: 'post-7',
      spool,
      seq,
      text: `${seq}`,
      atMs: 1,
    });
    for (const one of [head('s', 4), head('s', 9), head('s', 5), head('t', 1)]) await records.head(one);
    t.deepEqual([...(await records.heads('post-7'))].map(({ spool, seq }) => `${spool} ${seq}`).sort(), ['s 9', 't 1']);
  });

  test(`${name}: whatever comes in whatever order, it says the same as the plainest store`, async (t) => {
    const seq = fc.integer({ min: 1, max: 25 });
    const stream = fc.constantFrom(...streams);
    const range = fc.tuple(seq, seq).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ stream, seq, salt: fc.constantFrom('0', '0', '0', 'f') }).map(arrivalOf) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.integer({ min: 30, max: 60 }), fc.constantFrom('shed', 'lost'), stream, fc.array(range))
          .map(([at, type, of, ranges]) => goneEvent(at, type, [{ spool: 's', stream: of, ranges }])),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 12 }), async (batches) => {
        const [records, plain] = [await open(t), memoryRecords()];
        for (const [i, batch] of batches.entries())
          t.deepEqual(await records.commit(batch, i), await plain.commit(batch, i));
        for (const one of streams)
          t.deepEqual(await records.watermark('post-7', 's', one), await plain.watermark('post-7', 's', one));
        t.deepEqual(await records.counts(), await plain.counts());
      }),
      { numRuns: 40 },
    );
  });
}
