/**
 * Drives delivery: what is due is claimed in the store, then sent, then what came of it is written. What was not claimed is not sent, so
 * that any number of dispatchers on one store tell each step once. All that counts is in the store: a dispatcher that starts anew goes on.
 */
import type { Running } from '../core/daemon/running.ts';
import { centre } from '../core/desk/clockwork.ts';
import { planOf } from '../core/dispatch/chain.ts';
import type { Delivery } from '../core/dispatch/delivery.ts';
import { gather, mostInBatch, type Pending, wireOf } from '../core/dispatch/flood.ts';
import { noticeOf } from '../core/dispatch/notices.ts';
import { isDrill, isSimulated } from '../core/dispatch/wording.ts';
import type { DeskStore, Done, Wish } from '../core/ports/desk.ts';
import { isFault } from '../core/ports/fault.ts';
import type { AlertRecord } from '../core/ports/records.ts';
import { apart } from '../core/values/delivery.ts';
import type { Deed } from '../core/values/desk.ts';
import { openPassedOver } from './passed-over.ts';
import { type Outcome, sendWithin } from './sending.ts';
import { openSpoken } from './spoken.ts';
import type { Ways } from './ways.ts';

export interface TellingParts {
  readonly desk: DeskStore;
  readonly ways: Ways;
  readonly delivery: Delivery;
  /** What is so much older than the first that was ever told from this store is taken as known, ms; 0: nothing is. */
  readonly knownMs: number;
}

export interface TellingLine {
  /** An alert as it is now. */
  take(record: AlertRecord): void;
  /** All that is in the store was taken. */
  begun(): void;
  /** Until `ctx.signal` aborts; then what is being sent is waited for. Errors: none of the store's; it is tried again. */
  run(): Promise<void>;
}

/** The clock of the machine may be set: what is due is looked for so often at least. */
const lookMs = 30_000;
/** After trouble with the store. */
const againMs = 1000;
/** What is being sent when the daemon stops. */
const drainMs = 8000;

interface Known {
  readonly record: AlertRecord;
  readonly dueMs: number;
  /** Waits to go with others, since then. */
  readonly sinceMs: number | null;
}

export function openTelling({ desk, ways, delivery, knownMs }: TellingParts, ctx: Running): TellingLine {
  const { clock, log, signal, progress } = ctx;
  const nowMs = (): number => clock.now().wallMs;
  const known = new Map<string, Known>();
  const spoken = openSpoken(delivery.flood.windowMs);
  const passed = openPassedOver(delivery, knownMs, ctx);
  const flying = new Set<Promise<void>>();
  const cut = new AbortController();
  let outcomes: Wish[] = [];
  let bug: unknown = null;
  /** What is in the store was read once; before that nothing is told. */
  let isBegun = false;
  let wake: () => void = () => {};

  const wish = (alert: string, deed: Deed, atMs: number): Wish => ({ alert, by: centre, role: 'centre', atMs, deed });

  const take = (record: AlertRecord): void => {
    const { sinceMs = null } = known.get(record.alert.id) ?? {};
    spoken.take(record, nowMs());
    passed.see(record);
    if (isBegun && passed.stays(record)) return;
    known.set(record.alert.id, { record, dueMs: nowMs(), sinceMs });
    wake();
  };

  const begun = (): void => {
    if (isBegun) return;
    isBegun = true;
    for (const { alert } of passed.begin([...known.values()].map(({ record }) => record))) known.delete(alert.id);
    wake();
  };

  const writeOutcomes = async (): Promise<void> => {
    const now = outcomes.slice(0, mostInBatch);
    if (now.length === 0) return;
    const done = await desk.actAll(now);
    outcomes = outcomes.slice(now.length);
    for (const one of done) if (one) take(one.record);
    progress();
    return writeOutcomes();
  };

  const send = async (batch: readonly Pending[], records: readonly AlertRecord[]): Promise<void> => {
    const [first] = batch;
    if (!first || first.way === 'page') return;
    const { unit, way, step } = first;
    const notice = noticeOf(records, first, delivery, nowMs());
    const notifier = ways.get(way);
    const outcome: Outcome | null =
      notice && notifier
        ? await sendWithin(notifier, notice, delivery.sendMs, { clock, stop: cut.signal })
        : { state: 'failed', why: `config: ${unit} is not reached by ${way}` };
    const fields = { unit, way, step, alerts: batch.length };
    if (!outcome) return log.warn('whether a unit was told is not known; the next step follows', fields);
    if (outcome.state === 'failed') log.warn('a unit could not be told', { ...fields, why: outcome.why });
    const atMs = nowMs();
    outcomes.push(...batch.map((one) => wish(one.alert, { what: 'told', unit, way, step, ...outcome }, atMs)));
    wake();
  };

  const launch = (batch: readonly Pending[], records: readonly AlertRecord[]): void => {
    const flight: Promise<void> = send(batch, records)
      .catch((error) => {
        bug ??= error;
        wake();
      })
      .finally(() => flying.delete(flight));
    flying.add(flight);
  };

  /** Claims batches in one transaction, and sends what is won. */
  const claim = async (batches: readonly (readonly Pending[])[]): Promise<void> => {
    const atMs = nowMs();
    const done = await desk.actAll(
      batches.flatMap((batch) =>
        batch.map(({ alert, unit, way, step }) =>
          wish(alert, { what: 'tell', unit, way, step, grouped: batch.length > 1 }, atMs),
        ),
      ),
    );
    progress();
    let at = 0;
    for (const batch of batches) {
      const own = done.slice(at, at + batch.length);
      at += batch.length;
      own.forEach((one, i) => void settle(batch[i]?.alert ?? '', one));
      const won = batch.filter((_, i) => own[i]?.act);
      const records = own.flatMap((one) => (one?.act ? [one.record] : []));
      if (won.length > 0) launch(won, records);
    }
  };

  /** What was refused is looked at again later: the store may know what this one did not hear yet. */
  const settle = (alert: string, done: Done | null | undefined): void => {
    if (!done) return void known.delete(alert);
    spoken.take(done.record, nowMs());
    known.set(alert, { record: done.record, dueMs: nowMs() + (done.act ? 0 : againMs), sinceMs: null });
  };

  /** What is due now, and the end of chains; the rest gets the moment at which it is looked at again. */
  const plan = (now: number): { readonly pending: readonly Pending[]; readonly overs: readonly Wish[] } => {
    const pending: Pending[] = [];
    const overs: Wish[] = [];
    if (!isBegun) return { pending, overs };
    for (const [id, { record, dueMs, sinceMs }] of known) {
      if (dueMs > now && sinceMs === null) continue;
      const { tell, over, lookMs: nextMs } = planOf(record, delivery, now);
      if (tell.length + over.length === 0 && nextMs === null) known.delete(id);
      else known.set(id, { record, dueMs: nextMs ?? Number.POSITIVE_INFINITY, sinceMs: null });
      pending.push(...tell.map((one) => ({ ...one, alert: id, sinceMs: sinceMs ?? now, ...sortOf(record, one.step) })));
      overs.push(...over.map((deed) => wish(id, deed, now)));
    }
    return { pending, overs };
  };

  const step = async (): Promise<void> => {
    await writeOutcomes();
    const now = nowMs();
    const { pending, overs } = plan(now);
    // Whatever the store refuses or cannot take is planned anew: nothing of it was sent.
    for (const { alert } of [...pending, ...overs]) postpone(alert, now + againMs);
    const { batches, waiting } = gather(pending, (one) => spoken.of(wireOf(one)), delivery.flood, now);
    for (const { pending: one, untilMs } of waiting) postpone(one.alert, untilMs, one.sinceMs);
    for (const some of inTurns(batches)) await claim(some);
    // The others keep the moment at which they are looked at again.
    const some = overs.slice(0, mostInBatch);
    if (some.length === 0) return;
    for (const [i, one] of (await desk.actAll(some)).entries()) settle(some[i]?.alert ?? '', one);
    log.warn('nobody acknowledged to the end of the chain', { alerts: some.length });
  };

  const postpone = (alert: string, untilMs: number, sinceMs: number | null = null): void => {
    const one = known.get(alert);
    if (one) known.set(alert, { ...one, dueMs: Math.min(one.dueMs, untilMs), sinceMs: sinceMs ?? one.sinceMs });
  };

  const drain = async (): Promise<void> => {
    const done = new AbortController();
    const landed = Promise.allSettled(flying).finally(() => done.abort());
    await Promise.race([landed, clock.sleep(drainMs, 'sending', done.signal)]);
    cut.abort();
    await writeOutcomes().catch(troubleOf);
  };

  const nextMs = (): number => {
    let next = nowMs() + lookMs;
    for (const { dueMs } of known.values()) next = Math.min(next, dueMs);
    return next;
  };

  const run = async (): Promise<void> => {
    signal.addEventListener('abort', () => wake(), { once: true });
    let said: string | null = null;
    while (!signal.aborted) {
      const quiet = new AbortController();
      wake = () => quiet.abort();
      const trouble = await step().then(() => null, troubleOf);
      if (bug) throw bug;
      if (trouble !== said && trouble)
        log.warn('delivery stands still; what is due is told when the store is back', { trouble });
      said = trouble;
      const next = nextMs() - nowMs();
      const waitMs = trouble === null ? Math.max(0, next) : againMs;
      // After trouble no change wakes it: it would be tried again at once, and again.
      if (!signal.aborted) await clock.sleep(waitMs, 'delivery', trouble === null ? quiet.signal : signal);
    }
    await drain();
  };

  return { take, begun, run };
}

const sortOf = (record: AlertRecord, step: number): Pick<Pending, 'urgent' | 'sort'> => ({
  urgent: record.alert.family === 'safety' && step !== apart.ended,
  sort: [isDrill(record) && 'drill', isSimulated(record) && 'simulated', step === apart.ended && 'ended'].join(),
});

/** So many batches at once as a transaction should hold. */
function* inTurns(batches: readonly (readonly Pending[])[]): Generator<readonly (readonly Pending[])[]> {
  let some: (readonly Pending[])[] = [];
  let n = 0;
  for (const batch of batches) {
    if (n > 0 && n + batch.length > mostInBatch) {
      yield some;
      some = [];
      n = 0;
    }
    some.push(batch);
    n += batch.length;
  }
  if (some.length > 0) yield some;
}

function troubleOf(error: unknown): string {
  if (isFault(error)) return error.message;
  throw error;
}
