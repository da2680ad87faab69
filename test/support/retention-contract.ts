/** What every central store must do when it forgets: the same tests against each. */
import test, { type ExecutionContext } from 'ava';
import { findBrokenLink, withoutBody } from '../../daemons/core/evidence/chain.ts';
import type { Records } from '../../daemons/core/ports/records.ts';
import type { Hold, RetentionStore } from '../../daemons/core/ports/retention.ts';
import { retain, usualRetention } from '../../daemons/core/records/retention.ts';
import { link, noTail, originOf, pack, type Tail } from '../../daemons/core/spool/link.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { Envelope } from '../../daemons/core/values/envelope.ts';
import { sampleAlert } from './alerts.ts';

export interface Stores {
  readonly records: Records;
  readonly retention: RetentionStore;
  /** Texts of a device's alert stream as they are kept, oldest first. */
  texts(device: string): Promise<readonly string[]>;
}

const dayMs = 86_400_000;
const nowMs = 1_800_000_000_000;
const hold = (news: Partial<Hold> = {}): Hold => ({
  name: 'case-7',
  kind: 'legal',
  alert: 'a1',
  by: 'op-17',
  reason: 'asked for by the prosecutor',
  fromMs: nowMs,
  untilMs: nowMs + 90 * dayMs,
  lifted: null,
  ...news,
});

/** Revisions as one box sends them, linked. */
function linked(alerts: readonly Alert[]): { site: string; text: string; envelope: Envelope }[] {
  let tail: Tail = noTail;
  return alerts.map((body) => {
    const [next, { text }] = link(tail, pack({ stream: 'alert', at: body.at, body }), originOf('post-7', 'b1c2d3e4'));
    tail = next;
    return { site: 'north', text, envelope: JSON.parse(text) as Envelope };
  });
}

export function retentionContract(name: string, open: (t: ExecutionContext) => Promise<Stores>): void {
  const exactAlerts = [
    sampleAlert('a1', { rev: 1 }),
    sampleAlert('a1', { rev: 2, condition: 'cleared' }),
    sampleAlert('a2', { rev: 1 }),
  ];
  const known = async ({ records }: Stores): Promise<Map<string, Alert>> =>
    new Map((await records.changes(0, 100)).alerts.map(({ alert }) => [alert.id, alert]));

  test(`${name}: after 30 days a place is known to a kilometre, bodies are gone, and the chain holds`, async (t) => {
    const stores = await open(t);
    const arrivals = linked(exactAlerts);
    await stores.records.commit(arrivals, nowMs);
    const early = await retain(stores.retention, usualRetention, nowMs + 29 * dayMs);
    t.deepEqual([early.coarsened, early.bodiesDeleted], [0, 0]);
    t.deepEqual(
      await stores.texts('post-7'),
      arrivals.map(({ text }) => text),
    );

    const due = await retain(stores.retention, usualRetention, nowMs + 31 * dayMs);
    t.deepEqual([due.coarsened, due.bodiesDeleted, due.held], [2, 3, 0]);
    const kept = await stores.texts('post-7');
    t.deepEqual(
      kept,
      arrivals.map(({ text }) => withoutBody(text)),
    );
    t.is(findBrokenLink(kept), null);
    t.deepEqual((await known(stores)).get('a1')?.where, { lat: 51.165, lon: 71.445, ceM: 940, source: 'surveyed' });
    t.false(kept.join().includes('51.1694'));

    const again = await retain(stores.retention, usualRetention, nowMs + 32 * dayMs);
    t.deepEqual([again.coarsened, again.bodiesDeleted], [0, 0]);
    // A box that sends it once more is told that it came.
    t.deepEqual(await stores.records.commit(arrivals, nowMs), ['duplicate', 'duplicate', 'duplicate']);
  });

  test(`${name}: a hold freezes its alert until it expires, a contest until it is lifted`, async (t) => {
    const stores = await open(t);
    await stores.records.commit(linked(exactAlerts), nowMs);
    await stores.retention.hold(hold());
    await stores.retention.hold(hold({ name: 'contest-1', kind: 'contest', alert: 'a2', untilMs: null }));
    const during = await retain(stores.retention, usualRetention, nowMs + 60 * dayMs);
    t.deepEqual([during.coarsened, during.held], [0, 2]);
    t.is((await known(stores)).get('a1')?.where?.lat, 51.1694);

    const expired = await retain(stores.retention, usualRetention, nowMs + 91 * dayMs);
    t.deepEqual([expired.coarsened, expired.held], [1, 1]);
    t.true(await stores.retention.lift('contest-1', 'op-3', nowMs + 92 * dayMs));
    t.false(await stores.retention.lift('contest-1', 'op-4', nowMs + 93 * dayMs));
    t.is((await retain(stores.retention, usualRetention, nowMs + 93 * dayMs)).coarsened, 1);
    const lifted = (await stores.retention.holds()).find((one) => one.name === 'contest-1');
    t.deepEqual(lifted?.lifted, { by: 'op-3', atMs: nowMs + 92 * dayMs });
  });

  test(`${name}: a hold needs an alert and a name of its own`, async (t) => {
    const stores = await open(t);
    await stores.records.commit(linked(exactAlerts), nowMs);
    await stores.retention.hold(hold());
    await t.throwsAsync(stores.retention.hold(hold({ reason: 'another' })), { message: /case-7: the name is taken/ });
    await t.throwsAsync(stores.retention.hold(hold({ name: 'x', alert: 'none' })), { message: /alert none: is not/ });
    t.deepEqual(await stores.retention.holds(), [hold()]);
  });

  test(`${name}: a revision that comes after an alert was reduced is reduced in its turn`, async (t) => {
    const stores = await open(t);
    const arrivals = linked([...exactAlerts, sampleAlert('a2', { rev: 2, condition: 'cleared' })]);
    await stores.records.commit(arrivals.slice(0, 3), nowMs);
    await retain(stores.retention, usualRetention, nowMs + 31 * dayMs);
    await stores.records.commit(arrivals.slice(3), nowMs + 32 * dayMs);
    t.is((await known(stores)).get('a2')?.where?.lat, 51.1694);
    const late = await retain(stores.retention, usualRetention, nowMs + 63 * dayMs);
    t.deepEqual([late.coarsened, late.bodiesDeleted], [1, 1]);
    t.is((await known(stores)).get('a2')?.where?.lat, 51.165);
  });

  test(`${name}: unreadable messages are kept for 30 days`, async (t) => {
    const stores = await open(t);
    const message = { topic: 'x', payload: Buffer.from('51.1694'), reason: 'is not JSON' };
    await stores.records.quarantine([message], nowMs);
    await stores.records.quarantine([message], nowMs + 20 * dayMs);
    const { quarantineDeleted } = await retain(stores.retention, usualRetention, nowMs + 31 * dayMs);
    t.is(quarantineDeleted, 1);
    t.is((await stores.records.quarantined(10)).length, 1);
    t.is((await stores.records.counts()).quarantineDropped, 1);
  });
}
