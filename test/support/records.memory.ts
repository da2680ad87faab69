import { linkHash } from '../../daemons/core/evidence/chain.ts';
import type {
  AlertRecord,
  Arrival,
  Conflict,
  DeviceRecord,
  GoneRange,
  Head,
  Outcome,
  Quarantined,
  Records,
} from '../../daemons/core/ports/records.ts';
import { readableGone } from '../../daemons/core/records/gone.ts';
import { afterBirth, afterStatus, type Presence, unknownPresence } from '../../daemons/core/records/presence.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { BoxEvent, Stream } from '../../daemons/core/values/envelope.ts';

interface Kept<T> {
  readonly at: number;
  readonly record: T;
}

/**
 * The central store in memory, with the meaning that `ports/records.ts` states, in the plainest way: every number that
 * came or is gone stands in a set. `queries` counts calls of `changes`.
 */
export function memoryRecords(): Records & { readonly queries: number } {
  const texts = new Map<string, string>();
  const clashing = new Map<string, Conflict>();
  const came = new Map<string, Set<number>>();
  const closed = new Map<string, Set<number>>();
  const gone: GoneRange[] = [];
  const heads = new Map<string, Head>();
  const quarantine: Quarantined[] = [];
  const alerts = new Map<string, Kept<AlertRecord>>();
  const devices = new Map<string, Kept<DeviceRecord>>();
  const presences = new Map<string, Presence>();
  const listeners = new Set<() => void>();
  let clock = 0;
  let duplicates = 0;
  let queries = 0;

  const changed = (): void => {
    for (const listener of listeners) setImmediate(listener);
  };
  const setOf = (sets: Map<string, Set<number>>, key: string): Set<number> => {
    const set = sets.get(key) ?? new Set();
    sets.set(key, set);
    return set;
  };
  const keepAlert = (record: AlertRecord): void => {
    alerts.set(record.alert.id, { at: ++clock, record });
  };
  const keepDevice = (site: string, device: string, news: Partial<DeviceRecord>, nowMs: number): void => {
    const key = `${site}/${device}`;
    const fresh: DeviceRecord = {
      site,
      device,
      status: 'unknown',
      lastSeenMs: nowMs,
      simulated: false,
      where: null,
      birth: {},
    };
    const before = devices.get(key)?.record ?? fresh;
    devices.set(key, { at: ++clock, record: { ...before, lastSeenMs: Math.max(before.lastSeenMs, nowMs), ...news } });
  };

  const declare = ({ device, spool, stream, why, atMs }: GoneRange, from: number, to: number): void => {
    const [here, away] = [came, closed].map((sets) => setOf(sets, `${device} ${spool} ${stream}`));
    for (let seq = from; seq <= to; seq++) {
      if (here?.has(seq) || away?.has(seq)) continue;
      away?.add(seq);
      const last = gone.at(-1);
      const goesOn = last?.device === device && last.spool === spool && last.stream === stream && last.to === seq - 1;
      if (last && goesOn && last.why === why) gone[gone.length - 1] = { ...last, to: seq };
      else gone.push({ device, spool, stream, from: seq, to: seq, why, atMs });
    }
  };

  const takeAlert = (site: string, device: string, alert: Alert, nowMs: number): void => {
    const known = alerts.get(alert.id)?.record;
    if (known && (known.alert.rev >= alert.rev || known.device !== device)) return;
    const [raisedMs, acknowledged] = [known?.raisedMs ?? nowMs, known?.acknowledged ?? null];
    keepAlert({ site, device, alert, raisedMs, changedMs: nowMs, acknowledged });
  };

  const outcomeOf = ({ site, text, envelope }: Arrival, nowMs: number): Outcome => {
    const { device, spool, stream, seq } = envelope;
    const key = [device, spool, stream, seq].join(' ');
    const before = texts.get(key);
    if (before === undefined) {
      texts.set(key, text);
      setOf(came, [device, spool, stream].join(' ')).add(seq);
      return 'new';
    }
    const hash = linkHash(text);
    if (linkHash(before) === hash || clashing.has(`${key} ${hash}`)) return 'duplicate';
    clashing.set(`${key} ${hash}`, { site, device, spool, stream, seq, text, atMs: nowMs });
    return 'conflict';
  };

  const commit = (arrivals: readonly Arrival[], nowMs: number): Outcome[] => {
    const outcomes = arrivals.map((arrival) => outcomeOf(arrival, nowMs));
    arrivals.forEach(({ site, envelope }, i) => {
      const { device, stream, body } = envelope;
      keepDevice(site, device, {}, nowMs);
      if (outcomes[i] === 'duplicate') duplicates += 1;
      if (outcomes[i] === 'duplicate') return;
      if (stream === 'alert') takeAlert(site, device, body as Alert, nowMs);
      for (const { spool, stream: of, ranges } of readableGone(envelope)) {
        const why = (body as BoxEvent).type === 'lost' ? 'lost' : 'shed';
        const declared = { device, spool, stream: of, from: 0, to: 0, why, atMs: nowMs } as const;
        for (const [from, to] of ranges) declare(declared, from, to);
      }
    });
    return outcomes;
  };

  const knownPresence = (site: string, device: string): Presence =>
    presences.get(`${site}/${device}`) ?? unknownPresence;

  return {
    get queries() {
      return queries;
    },
    commit: async (arrivals, nowMs) => {
      const outcomes = commit(arrivals, nowMs);
      changed();
      return outcomes;
    },
    watermark: async (device: string, spool: string, stream: Stream) => {
      const [here, away] = [came, closed].map((sets) => setOf(sets, `${device} ${spool} ${stream}`));
      const top = Math.max(0, ...(here ?? []));
      const open = Array.from({ length: top }, (_, i) => i + 1).filter((seq) => !here?.has(seq) && !away?.has(seq));
      const missing = open.slice(0, 1000);
      return { device, spool, stream, through: open.length > 1000 ? (missing.at(-1) ?? 0) : top, missing };
    },
    quarantine: async (messages, nowMs) =>
      void quarantine.push(...messages.map((message) => ({ ...message, atMs: nowMs }))),
    birth: async (site, device, birth, nowMs) => {
      const presence = afterBirth(knownPresence(site, device), birth);
      presences.set(`${site}/${device}`, presence);
      const where = (birth.where ?? null) as DeviceRecord['where'];
      const news = { birth, simulated: birth.simulated === true, where, status: presence.status };
      keepDevice(site, device, news, nowMs);
      changed();
    },
    status: async (site, device, said, nowMs) => {
      const presence = afterStatus(knownPresence(site, device), said);
      presences.set(`${site}/${device}`, presence);
      keepDevice(site, device, { status: presence.status }, said.status === 'online' ? nowMs : 0);
      for (const { spool, stream, seq } of said.status === 'online' ? (said.oldest ?? []) : [])
        declare({ device, spool, stream, from: 0, to: 0, why: 'unheld', atMs: nowMs }, 1, seq - 1);
      changed();
    },
    head: async (head) => {
      const key = `${head.device} ${head.spool}`;
      if ((heads.get(key)?.seq ?? 0) < head.seq) heads.set(key, head);
    },
    acknowledge: async (alertId, by, nowMs) => {
      const known = alerts.get(alertId)?.record;
      if (!known) return false;
      if (known.acknowledged) return true;
      keepAlert({ ...known, acknowledged: { by, atMs: nowMs } });
      changed();
      return true;
    },
    openOf: async (device) =>
      [...alerts.values()]
        .map(({ record }) => record)
        .filter((record) => record.device === device && record.alert.condition !== 'cleared'),
    changes: async (cursor, limit) => {
      queries += 1;
      const newer = [...alerts.values()].filter(({ at }) => at > cursor).sort((a, b) => a.at - b.at);
      const taken = newer.slice(0, limit);
      const to = newer.length > limit ? (taken.at(-1)?.at ?? clock) : clock;
      const seen = [...devices.values()].filter(({ at }) => at > cursor && at <= to);
      return { cursor: to, alerts: taken.map(({ record }) => record), devices: seen.map(({ record }) => record) };
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    counts: async () => ({
      envelopes: texts.size,
      alerts: alerts.size,
      acknowledged: [...alerts.values()].filter(({ record }) => record.acknowledged).length,
      duplicates,
      conflicts: clashing.size,
      gone: gone.reduce((sum, { from, to }) => sum + to - from + 1, 0),
      quarantined: quarantine.length,
      quarantineDropped: 0,
    }),
    quarantined: async (limit) => quarantine.toReversed().slice(0, limit),
    conflicts: async (limit) => [...clashing.values()].reverse().slice(0, limit),
    gone: async (limit) => gone.toReversed().slice(0, limit),
    heads: async (device) => [...heads.values()].filter((head) => head.device === device),
    close: async () => {},
  };
}
