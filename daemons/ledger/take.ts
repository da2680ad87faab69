/** A batch of messages into the central store. What cannot be read goes to the quarantine; what the store cannot take waits. */
import type { Running } from '../core/daemon/running.ts';
import { backoff } from '../core/flow/backoff.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Arrival, Records, Unreadable } from '../core/ports/records.ts';
import { goneOf } from '../core/records/gone.ts';
import type { Stream } from '../core/values/envelope.ts';
import { isPatrolWord } from '../core/wire/patrol-word.ts';
import { deviceIn } from '../core/wire/topics.ts';
import { type Meaning, type Message, read } from './message.ts';
import type { PatrolWords } from './patrol-words.ts';

export interface StreamOf {
  readonly site: string;
  readonly device: string;
  readonly spool: string;
  readonly stream: Stream;
}

/** Where several workers share the devices: which are ours at this moment. Without `mine` all are. */
export interface Taking extends Running {
  mine?(device: string): boolean;
  /** Makes acts of what patrols said at boxes, before it is committed. Without it they are events as any. */
  readonly words?: PatrolWords | undefined;
}

/** How long a store that refuses is left alone, at first and at the most. */
const patience = { firstMs: 200, mostMs: 10_000 };

/**
 * Keeps a batch and says which streams a receipt is due for: those that envelopes came of, again or for the first time,
 * and those that a box said it holds. Resolves when everything is durable; a store that refuses is tried until the
 * daemon is stopped, and then nothing of the rest was kept and none of it gets a receipt. What belongs to another worker
 * by then is left to it.
 */
export async function take(messages: readonly Message[], records: Records, ctx: Taking): Promise<readonly StreamOf[]> {
  const nowMs = ctx.clock.now().wallMs;
  const due = new Map<string, StreamOf>();
  const owe = (one: StreamOf): void =>
    void due.set(`${one.site}/${one.device}/${one.spool}/${one.stream}`, {
      site: one.site,
      device: one.device,
      spool: one.spool,
      stream: one.stream,
    });
  const bad: Unreadable[] = [];
  const arrivals: Arrival[] = [];
  const words = new Map<string, Word[]>();
  for (const message of messages) {
    const device = deviceIn(message.topic);
    if (ctx.mine?.(device) === false) continue;
    const meaning = attempt(message, nowMs, bad, ctx);
    if (meaning?.kind === 'envelope') arrivals.push(meaning.arrival);
    else if (meaning) words.set(device, [...(words.get(device) ?? []), { message, meaning }]);
    if (meaning?.kind === 'status' && meaning.said.status === 'online')
      for (const { spool, stream } of meaning.said.oldest ?? [])
        owe({ site: meaning.site, device: meaning.device, spool, stream });
  }
  // One after another for a device; a store may take those of several devices in one go.
  await Promise.all([...words].map(([device, said]) => hearAll(device, said, records, { ...ctx, nowMs, bad })));
  const kept = await keep(arrivals, records, bad, ctx);
  for (const { site, envelope } of kept) owe({ site, ...envelope });
  if (bad.length > 0) await patient(() => records.quarantine(bad, nowMs), ctx);
  return ctx.signal.aborted && kept.length < arrivals.length ? [] : [...due.values()];
}

function attempt(message: Message, nowMs: number, bad: Unreadable[], ctx: Running): Meaning | null {
  try {
    return read(message, nowMs);
  } catch (error) {
    if (!isFault(error)) throw error;
    ctx.log.warn('message put into quarantine', { topic: message.topic.slice(0, 200), reason: error.message });
    bad.push({ ...message, reason: error.message });
    return null;
  }
}

type Saying = Exclude<Meaning, { kind: 'envelope' }>;
interface Word {
  readonly message: Message;
  readonly meaning: Saying;
}

async function hearAll(
  device: string,
  words: readonly Word[],
  records: Records,
  ctx: Taking & { readonly nowMs: number; readonly bad: Unreadable[] },
): Promise<void> {
  for (const { message, meaning } of words) {
    try {
      await patient(async () => {
        if (ctx.mine?.(device) !== false) await hear(meaning, records, ctx.nowMs);
      }, ctx);
    } catch (error) {
      if (!isFault(error) || error.kind !== 'protocol') throw error;
      ctx.log.error('message put into quarantine', { topic: message.topic, reason: error.message });
      ctx.bad.push({ ...message, reason: error.message });
    }
  }
}

function hear(meaning: Saying, records: Records, nowMs: number): Promise<void> {
  if (meaning.kind === 'birth') return records.birth(meaning.site, meaning.device, meaning.birth, nowMs);
  if (meaning.kind === 'status') return records.status(meaning.site, meaning.device, meaning.said, nowMs);
  return records.head(meaning.head);
}

/** Commits all but words of patrols that wait for their alert: what is said of one comes behind it, also within a batch. */
async function keep(
  arrivals: readonly Arrival[],
  records: Records,
  bad: Unreadable[],
  ctx: Taking,
): Promise<readonly Arrival[]> {
  const { words } = ctx;
  const said = words ? arrivals.filter(({ envelope }) => isPatrolWord(envelope)) : [];
  if (!words || said.length === 0) return commit(arrivals, records, bad, ctx);
  const others = arrivals.filter(({ envelope }) => !isPatrolWord(envelope));
  const kept = await commit(others, records, bad, ctx);
  return [...kept, ...(await commit(await words.heed(said, ctx), records, bad, ctx))];
}

/** Commits in one transaction; content that the store can never take is found by halving and put aside alone. */
async function commit(
  arrivals: readonly Arrival[],
  records: Records,
  bad: Unreadable[],
  ctx: Taking,
): Promise<readonly Arrival[]> {
  if (arrivals.length === 0) return [];
  const { wallMs: nowMs } = ctx.clock.now();
  try {
    let ours = arrivals;
    const outcomes = await patient(() => {
      ours = arrivals.filter(({ envelope }) => ctx.mine?.(envelope.device) !== false);
      return records.commit(ours, nowMs);
    }, ctx);
    if (outcomes === null) return [];
    ours.forEach((arrival, i) => {
      if (outcomes[i] !== 'duplicate') remark(arrival, outcomes[i] === 'conflict', ctx);
    });
    return ours;
  } catch (error) {
    if (!isFault(error) || error.kind !== 'protocol') throw error;
    const [only] = arrivals;
    if (arrivals.length > 1) {
      const middle = arrivals.length >> 1;
      const first = await commit(arrivals.slice(0, middle), records, bad, ctx);
      return [...first, ...(await commit(arrivals.slice(middle), records, bad, ctx))];
    }
    if (only) {
      const { device, spool, stream, seq } = only.envelope;
      ctx.log.error('envelope put into quarantine', { device, spool, stream, seq, reason: error.message });
      bad.push({ topic: `${only.site}/${device}/${stream}`, payload: Buffer.from(only.text), reason: error.message });
    }
    return [];
  }
}

function remark({ envelope }: Arrival, conflict: boolean, ctx: Running): void {
  const { device, spool, stream, seq } = envelope;
  if (conflict) ctx.log.error('one key, two texts: both are kept', { device, spool, stream, seq });
  try {
    for (const { spool: of, stream: in_, ranges } of goneOf(envelope))
      ctx.log.warn('numbers that will never come', { device, spool: of, stream: in_, ranges: ranges.slice(0, 10) });
  } catch (error) {
    if (!isFault(error)) throw error;
    ctx.log.error('an event that closes gaps cannot be read; they stay open', { device, seq, reason: error.message });
  }
}

/** Does it until it is done; null when the daemon was stopped before. Meanwhile the intake is bounded, and boxes keep everything. */
export async function patient<T>(work: () => Promise<T>, ctx: Running): Promise<T | null> {
  const delays = backoff(patience, Math.random);
  for (let tries = 1; ; tries++) {
    try {
      const result = await work();
      if (tries > 1) ctx.log.info('the store takes again', { tries });
      return result;
    } catch (error) {
      if (!isFault(error) || error.kind === 'protocol' || error.kind === 'config') throw error;
      if (tries === 1) ctx.log.error('the store cannot take; boxes keep everything', { reason: error.message });
      if (ctx.signal.aborted) return null;
      await ctx.clock.sleep(delays.next().value, 'store', ctx.signal);
    }
  }
}
