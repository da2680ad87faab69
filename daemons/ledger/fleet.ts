/** Alerts about the fleet itself, kept in the centre's store as those of a box called `centre`, with the same life. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Running } from '../core/daemon/running.ts';
import { chainText } from '../core/evidence/chain.ts';
import { type Health, parseHealth } from '../core/fleet/health.ts';
import {
  type FleetBox,
  kinds,
  noTroubles,
  type Open,
  type Troubles,
  type Word,
  watched,
} from '../core/fleet/troubles.ts';
import { isFault } from '../core/ports/fault.ts';
import type { AlertRecord, Records } from '../core/ports/records.ts';
import type { Shares } from '../core/ports/shares.ts';
import type { Alert } from '../core/values/alert.ts';
import { noHash } from '../core/values/envelope.ts';
import type { Stamp } from '../core/values/stamp.ts';
import { parseEnvelope } from '../core/wire/envelope.ts';
import { parseStatus } from '../core/wire/messages.ts';
import { textOf } from '../core/wire/parse.ts';
import { parseTopic, parseTwinTopic } from '../core/wire/topics.ts';
import type { Message } from './message.ts';
import { patient } from './take.ts';

/** No box can get this name: fieldpost pki sign refuses those of the centre. */
export const centre = 'centre';
const lookMs = 5000;
/** A broker says all that it retains after a connection: nothing is judged before. */
const settleMs = 30_000;
/** Evidence names the boxes of an incident, as many as an alert may carry. */
const mostMembers = 1000;

export interface FleetWatch {
  /** Takes in what a box says of itself. */
  hear(message: Message): void;
  /** Told of every broker's connection. */
  connected(index: number, now: boolean): void;
  /** Looks until the daemon is stopped. */
  run(): Promise<void>;
}

export function watchFleet(records: Records, shares: Shares, ctx: Running): FleetWatch {
  const boxes = new Map<string, FleetBox>();
  const brokers = new Set<number>();
  let lastMs = Number.NEGATIVE_INFINITY;
  const monoMs = (): number => ctx.clock.now().monoNs / 1e6;

  const look = async (
    before: Troubles,
    say: (words: readonly Word[], at: Stamp) => Promise<void>,
  ): Promise<Troubles> => {
    const at = ctx.clock.now();
    const [next, words] = watched(before, { nowMs: at.wallMs, heard: brokers.size > 0, boxes: [...boxes.values()] });
    if (words.length > 0) await say(words, at);
    return next;
  };

  return {
    hear: (message) => {
      try {
        note(boxes, message);
      } catch (error) {
        if (!isFault(error)) throw error;
        ctx.log.warn('what a box says of itself cannot be read', {
          topic: message.topic.slice(0, 200),
          reason: error.message,
        });
      }
    },
    connected: (index, now) => {
      if (now) brokers.add(index);
      else brokers.delete(index);
      if (now) lastMs = monoMs();
    },
    run: async () => {
      let state: Troubles | null = null;
      const say = speaker(records, ctx);
      while (!ctx.signal.aborted) {
        await ctx.clock.sleep(lookMs, 'fleet', ctx.signal);
        if (ctx.signal.aborted) return;
        // Another worker has it, and what it says is learnt again when it comes to us.
        if (!shares.mine(centre)) {
          state = null;
          continue;
        }
        if (brokers.size > 0 && monoMs() - lastMs < settleMs) continue;
        state ??= await opened(records, ctx);
        if (state) state = await look(state, say);
      }
    },
  };
}

function note(boxes: Map<string, FleetBox>, { topic, payload }: Message): void {
  const parts = parseTwinTopic(topic) ?? parseTopic(topic);
  if (!parts) return;
  const { site, device } = parts;
  const key = `${site}/${device}`;
  const known = boxes.get(key) ?? { site, device, online: true, health: null };
  if ('side' in parts) {
    if (parts.side === 'health') boxes.set(key, { ...known, health: healthIn(payload) });
    return;
  }
  if (parts.kind !== 'status') return;
  // What is retained is taken back by an empty word: the box is no more.
  if (payload.length === 0) boxes.delete(key);
  else boxes.set(key, { ...known, online: parseStatus(textOf(payload)).status === 'online' });
}

const healthIn = (payload: Uint8Array): Health | null => (payload.length === 0 ? null : parseHealth(textOf(payload)));

/** What was open when the store was written last; null when the daemon was stopped before it answered. */
async function opened(records: Records, ctx: Running): Promise<Troubles | null> {
  const found = await patient(() => records.openOf(centre), ctx);
  if (!found) return null;
  const open = found.flatMap((record): [string, Open][] => {
    const one = openIn(record);
    return one ? [[`${one.kind} ${one.site} ${one.device}`, one]] : [];
  });
  return noTroubles(ctx.clock.now().wallMs, Object.fromEntries(open));
}

function openIn({ site, alert }: AlertRecord): Open | null {
  const kind = kinds.find((one) => one === alert.kind);
  if (!kind) return null;
  const sensors = alert.because.evidence.map(({ sensor }) => sensor);
  const isOne = kind !== 'site-silent' && kind !== 'centre-offline';
  return {
    ...{ id: alert.id, kind, site, device: isOne ? (sensors[0] ?? '') : '', members: isOne ? [] : sensors },
    ...{ severity: alert.severity === 'critical' ? 'critical' : 'warning', words: alert.because.rule },
    ...{ sinceMs: alert.since.wallMs, rev: alert.rev, saidMs: alert.at.wallMs },
  };
}

/** Commits words as envelopes of a chain of its own, a new one for each start of the ledger. */
function speaker(records: Records, ctx: Running): (words: readonly Word[], at: Stamp) => Promise<void> {
  const spool = randomUUID();
  let [seq, prev] = [0, noHash];
  return async (words, at) => {
    const arrivals = words.map((word) => {
      seq += 1;
      const head = JSON.stringify({ v: 1, device: centre, spool, stream: 'alert', seq, at, prev }).slice(0, -1);
      const rest = JSON.stringify({ salt: randomBytes(16).toString('hex'), body: alertOf(word, at) });
      const { text, hash } = chainText(head, rest.slice('{"salt":'.length));
      prev = hash;
      ctx.log.warn(word.words, { kind: word.kind, condition: word.condition, site: word.site });
      return { site: word.site, text, envelope: parseEnvelope(text) };
    });
    await patient(() => records.commit(arrivals, at.wallMs), ctx);
  };
}

export function alertOf(word: Word, at: Stamp): Alert {
  const { id, kind, device, members, sinceMs, rev, condition, severity, words } = word;
  const monoNs = Math.max(0, at.monoNs - (at.wallMs - sinceMs) * 1e6);
  const named = (device === '' ? members : [device]).slice(0, mostMembers);
  return {
    ...{ id, rev, kind, family: 'evidence', severity, condition },
    ...{ certainty: 'indication', at, since: { ...at, wallMs: sinceMs, monoNs }, where: null, flags: [] },
    because: {
      ...{ rule: words.slice(0, 1024), score: 1, peak: 1, threshold: 1, model: null },
      evidence: named.map((sensor) => ({
        ...{ sensor, quantity: kind, value: null, unit: '', u: null, calibration: null, flags: [] },
      })),
    },
    // Said again each day: an older word means that nobody watches the fleet.
    expiresMs: at.wallMs + 3 * 86_400_000,
  };
}
