/** What the centre does by itself: rules, dwellings, escalation, what ends, the shift change. Any number of consoles may do it. */
import type { Running } from '../../core/daemon/running.ts';
import { centre, dueDeeds, newsDeeds, nextDueMs } from '../../core/desk/clockwork.ts';
import type { Dwellings } from '../../core/desk/dwellings.ts';
import type { DeskPolicy } from '../../core/desk/policy.ts';
import { accepted, isTaken, shiftIn } from '../../core/desk/shift.ts';
import { isOpen } from '../../core/desk/standing.ts';
import type { DeskStore, Wish } from '../../core/ports/desk.ts';
import { isFault } from '../../core/ports/fault.ts';
import type { AlertRecord, Records } from '../../core/ports/records.ts';
import type { Deed, Shift } from '../../core/values/desk.ts';
import { endDrill } from './drills.ts';
import { rulesIn } from './rules.ts';

export interface TickingParts {
  readonly records: Records;
  readonly desk: DeskStore;
  readonly layer: Dwellings | null;
  readonly policy: DeskPolicy;
  readonly nowMs: () => number;
}

/** Alerts of one step: bounds a transaction, and how long others wait for it. */
const pageSize = 200;
/** The longest that something due waits, in ms. */
const lookMs = 1000;
/** Between two looks at all that waits for an incoming lead, in ms: it may be all that is open. */
const waitingLookMs = 10_000;
const mostOpen = 1_000_000;

export interface Ticking {
  /** Takes in everything that came, and does everything that is due. */
  step(): Promise<void>;
  /** Errors: none of the store's; it is tried again. */
  follow(ctx: Running): Promise<void>;
}

export function openTicking({ records, desk, layer, policy, nowMs }: TickingParts): Ticking {
  let cursor: number | null = null;
  /** Of which handover, what this console escalated or found escalated, and when it looked last. */
  let chased = { startedMs: 0, atMs: Number.NEGATIVE_INFINITY, done: new Set<string>() };

  const wish = (alert: string, deed: Deed): Wish => ({ alert, by: centre, role: 'centre', atMs: nowMs(), deed });
  const shiftNow = async (): Promise<Shift> => shiftIn((await desk.read('shift')).value);

  /** Does the deeds, and notes when each alert is to be looked at next. */
  const handle = async (page: readonly AlertRecord[], deedsOf: (record: AlertRecord) => readonly Deed[]) => {
    const to = (await shiftNow()).handover?.to ?? null;
    const now = new Map(page.map((record) => [record.alert.id, record]));
    const wishes = page.flatMap((record) => deedsOf(record).map((deed) => wish(record.alert.id, deed)));
    if (wishes.length > 0)
      for (const done of await desk.actAll(wishes)) if (done) now.set(done.record.alert.id, done.record);
    await desk.appoint(
      [...now.values()].map((record) => {
        const { by, atMs } = record.desk?.accepted ?? { by: null, atMs: 0 };
        // In a shift change the word of the incoming lead counts, and nobody else's.
        const acceptedMs = to === null || to === by ? atMs : 0;
        return { alert: record.alert.id, dueMs: nextDueMs(record, policy), open: isOpen(record), acceptedMs };
      }),
    );
  };

  const takeNews = async (): Promise<void> => {
    cursor ??= Number((await desk.read('ticked')).value ?? 0);
    const rules = rulesIn((await desk.read('rules')).value);
    for (;;) {
      const changes = await records.changes(cursor, pageSize);
      if (changes.cursor === cursor) return;
      if (changes.alerts.length > 0) {
        await handle(changes.alerts, (record) => newsDeeds(record, rules, layer, nowMs()));
        if (changes.alerts.some(isDanger)) await endDrill({ desk, nowMs }, 'a real alert of danger came');
      }
      // A store that went back in time is read from its beginning.
      cursor = changes.cursor < cursor ? 0 : changes.cursor;
      const { version } = await desk.read('ticked');
      await desk.swap('ticked', version, cursor);
    }
  };

  const doDue = async (): Promise<void> => {
    for (;;) {
      const due = await desk.due(nowMs(), pageSize);
      if (due.length === 0) return;
      await handle(due, (record) => dueDeeds(record, nowMs(), policy));
      if (due.length < pageSize) return;
    }
  };

  const watchShift = async (): Promise<void> => {
    const { version, value } = await desk.read('shift');
    const shift = shiftIn(value);
    if (!shift.handover || !isTaken(shift)) return;
    const { startedMs, to } = shift.handover;
    if ((await desk.unaccepted(startedMs, 1)).total === 0)
      return void (await desk.swap('shift', version, accepted(shift)));
    const deadline = startedMs + policy.acceptMinutes * 60_000;
    if (nowMs() < deadline) return;
    if (chased.startedMs !== startedMs) chased = { startedMs, atMs: Number.NEGATIVE_INFINITY, done: new Set() };
    if (nowMs() - chased.atMs < waitingLookMs) return;
    const { alerts } = await desk.unaccepted(startedMs, mostOpen);
    const ids = alerts.filter((id) => !chased.done.has(id));
    const why = `not accepted by ${to} at the shift change`;
    for (let at = 0; at < ids.length; at += pageSize) {
      const page = ids.slice(at, at + pageSize);
      const waiting = await Promise.all(page.map((id) => desk.record(id)));
      const late = waiting.filter(
        (one) => one !== null && (one.desk?.escalated?.atMs ?? 0) < deadline,
      ) as AlertRecord[];
      if (late.length > 0)
        await handle(late, ({ desk: own }) => [{ what: 'escalate', why, level: (own?.escalated?.level ?? 0) + 1 }]);
      for (const id of page) chased.done.add(id);
    }
    chased.atMs = nowMs();
  };

  const step = async (): Promise<void> => {
    await takeNews();
    await doDue();
    await watchShift();
    await endDrill({ desk, nowMs }, null);
  };

  const follow = async ({ signal, clock, log }: Running): Promise<void> => {
    let wake: () => void = () => {};
    const off = records.onChange(() => wake());
    signal.addEventListener('abort', () => wake(), { once: true });
    let said: string | null = null;
    while (!signal.aborted) {
      const quiet = new AbortController();
      wake = () => quiet.abort();
      const trouble = await step().then(() => null, troubleOf);
      if (trouble !== said && trouble) log.warn('the clock of the desk stands still', { trouble });
      said = trouble;
      // After trouble no change wakes it: it would be tried again at once, and again.
      await clock.sleep(lookMs, 'desk', trouble === null ? quiet.signal : signal);
    }
    off();
  };

  return { step, follow };
}

/** What ends an exercise. */
const isDanger = ({ alert, desk }: AlertRecord): boolean =>
  !desk?.drill && alert.condition === 'raised' && (alert.family === 'safety' || alert.severity === 'critical');

function troubleOf(error: unknown): string {
  if (isFault(error)) return error.message;
  throw error;
}
