/**
 * Telemetry and events that no alert needs are folded into pages (`folding.ts`). What answers for an alert that is whole, young
 * or held, stays as it came (`needed.ts`); with the alert it goes. Of what happened to a box more is kept than of what it says
 * by the clock, and records that a later alert may name stay for good.
 */
import type { ChainState, RetentionStore } from '../ports/retention.ts';
import type { Alert } from '../values/alert.ts';
import type { BoxEvent } from '../values/envelope.ts';
import type { Stamp } from '../values/stamp.ts';
import { daysOf } from './days.ts';
import { type Fate, foldRows } from './folding.ts';
import { isSettled, isWithin, type Mark, type Needed, neededFor, type Span } from './needed.ts';

export interface ChainPolicy {
  /** Telemetry, and events that say the same again and again, in ms after they came. */
  readonly telemetryForMs: number;
  /** Every other event. */
  readonly eventsForMs: number;
  /** What is due waits for so much more, so that pages are whole ones. */
  readonly gatherMs: number;
  /** Of telemetry before an alert, what stays with it. */
  readonly leadMs: number;
}

type Pass = 'routine' | 'events';
const batch = 500;
/** From the memory of a line or the seal that an alert needs to the alert itself, at the most, beside the lead. */
const marginMs = 86_400_000;
/** Said by the clock, or where a box was: of these nobody asks after weeks. */
const routine = new Set(['health', 'line-state', 'dock-track']);
/** Named by hash or asked for by an alert that may come later: in force, checks, corrections of the clock. */
const lasting = new Set([
  ...['config-in-force', 'calibration-in-force', 'identity-in-force'],
  ...['check-made', 'check-failed', 'adjustment-made', 'clock-corrected', 'clock-suspended'],
]);

/** Gives how many envelopes were folded. */
export async function forgetChains(store: RetentionStore, policy: ChainPolicy, nowMs: number): Promise<number> {
  const chains = await store.chains();
  // What answers for an alert came with it or after it: a younger one needs nothing that is due.
  const youngestMs = nowMs - policy.telemetryForMs + policy.leadMs + marginMs;
  const alerts = Map.groupBy(await wholeAlerts(store, youngestMs), ({ device }) => device);
  let folded = 0;
  for (const of of Map.groupBy(chains, ({ device, spool }) => `${device} ${spool}`).values()) {
    const device = of[0]?.device ?? '';
    const needed = await neededIn(store, of, alerts.get(device)?.map(({ alert }) => alert) ?? [], policy.leadMs);
    for (const chain of of) {
      const spans = chain.stream === 'tele' ? needed.tele : needed.event;
      const work = { store, spans, gatherMs: policy.gatherMs };
      folded += await foldChain(work, chain, 'routine', nowMs - policy.telemetryForMs);
      if (chain.stream === 'event') folded += await foldChain(work, chain, 'events', nowMs - policy.eventsForMs);
    }
  }
  return folded;
}

async function wholeAlerts(store: RetentionStore, beforeMs: number) {
  const found: { device: string; alert: Pick<Alert, 'since' | 'at'> }[] = [];
  for (let after = '', more = true; more; ) {
    const page = await store.exact(Number.MAX_SAFE_INTEGER, after, batch);
    for (const { device, alert, raisedMs } of page)
      if (raisedMs < beforeMs) found.push({ device, alert: { since: alert.since, at: alert.at } });
    after = page.at(-1)?.alert.id ?? after;
    more = page.length === batch;
  }
  return found;
}

/** Looks no further through a spool than its alerts ask for. */
async function neededIn(
  store: RetentionStore,
  chains: readonly ChainState[],
  alerts: readonly Pick<Alert, 'since' | 'at'>[],
  leadMs: number,
): Promise<Needed> {
  const events = chains.find(({ stream }) => stream === 'event');
  if (alerts.length === 0 || !events) return { event: [], tele: [] };
  const marks: Mark[] = [];
  for (let from = events.next.routine, more = true; more; ) {
    const page = await store.marks(events, from, batch);
    marks.push(...page.map(({ seq, text }) => markOf(seq, text)));
    from = (page.at(-1)?.seq ?? from) + 1;
    more = page.length === batch && !alerts.every((one) => isSettled(one, marks));
  }
  return neededFor(alerts, marks, leadMs);
}

function markOf(seq: number, text: string): Mark {
  const { at, body } = JSON.parse(text) as { at: Stamp; body?: Partial<BoxEvent> };
  return { seq, at, heads: body?.type === 'seal' ? ((body.detail?.heads ?? null) as Mark['heads']) : null };
}

interface Work {
  readonly store: RetentionStore;
  readonly spans: readonly Span[];
  readonly gatherMs: number;
}

async function foldChain({ store, spans, gatherMs }: Work, chain: ChainState, pass: Pass, beforeMs: number) {
  let [from, folded] = [chain.next[pass], 0];
  const [first] = await store.rows(chain, from, 1);
  if (!first || first.committedMs >= beforeMs - gatherMs) return 0;
  /** From here on it is looked at again: an alert needs it now. */
  let again: number | null = null;
  for (let more = true; more; ) {
    const rows = await store.rows(chain, from, batch);
    // What came late lies among what came in time: numbers below `through` are all there, or will never come.
    const open = rows.findIndex(({ seq, committedMs }) => committedMs >= beforeMs || seq > chain.through);
    const due = open < 0 ? rows : rows.slice(0, open);
    if (due.length === 0) break;
    const going: string[] = [];
    const pages = foldRows(due, ({ seq, text }) => {
      const fate = chain.stream === 'tele' ? 'link' : fateOf(text, pass);
      if (fate === 'keep') return fate;
      if (isWithin(seq, spans)) {
        again ??= seq;
        return 'keep';
      }
      if (chain.stream === 'tele') going.push(text);
      return fate;
    });
    from = (due.at(-1)?.seq ?? from) + 1;
    if (!(await store.fold(chain, { pages, days: daysOf(going), pass, next: again ?? from }))) break;
    folded += pages.reduce((sum, page) => sum + page.last - page.first + 1, 0);
    more = open < 0 && rows.length === batch;
  }
  return folded;
}

function fateOf(text: string, pass: Pass): Fate {
  const { body } = JSON.parse(text) as { body?: Partial<BoxEvent> };
  const type = body?.type;
  if (type === 'seal') return 'whole';
  if (type === undefined || routine.has(type)) return 'link';
  return pass === 'events' && !lasting.has(type) ? 'link' : 'keep';
}
