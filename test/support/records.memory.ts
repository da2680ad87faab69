import type { AlertRecord, Arrival, DeviceRecord, Outcome, Records } from '../../daemons/core/ports/records.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { Stream } from '../../daemons/core/values/envelope.ts';

interface Kept<T> {
  readonly at: number;
  readonly record: T;
}

/** The central store in memory, with the meaning that `ports/records.ts` states. `queries` counts calls of `changes`. */
export function memoryRecords(): Records & { readonly queries: number } {
  const texts = new Map<string, string>();
  const alerts = new Map<string, Kept<AlertRecord>>();
  const devices = new Map<string, Kept<DeviceRecord>>();
  const listeners = new Set<() => void>();
  let clock = 0;
  let duplicates = 0;
  let quarantined = 0;
  let queries = 0;

  const changed = (): void => {
    for (const listener of listeners) setImmediate(listener);
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

  const take = ({ site, text, envelope }: Arrival, nowMs: number): Outcome => {
    const key = [envelope.device, envelope.spool, envelope.stream, envelope.seq].join(' ');
    const before = texts.get(key);
    if (before !== undefined) {
      duplicates += 1;
      return before === text ? 'duplicate' : 'conflict';
    }
    texts.set(key, text);
    keepDevice(site, envelope.device, {}, nowMs);
    if (envelope.stream !== 'alert') return 'new';
    const alert = envelope.body as Alert;
    const known = alerts.get(alert.id)?.record;
    if (known && known.alert.rev >= alert.rev) return 'new';
    keepAlert({
      site,
      device: envelope.device,
      alert,
      raisedMs: known?.raisedMs ?? nowMs,
      changedMs: nowMs,
      acknowledged: known?.acknowledged ?? null,
    });
    return 'new';
  };

  const sequences = (device: string, spool: string, stream: Stream): number[] => {
    const prefix = `${[device, spool, stream].join(' ')} `;
    const keys = [...texts.keys()].filter((key) => key.startsWith(prefix));
    return keys.map((key) => Number(key.slice(prefix.length)));
  };

  return {
    get queries() {
      return queries;
    },
    commit: async (arrivals, nowMs) => {
      const outcomes = arrivals.map((arrival) => take(arrival, nowMs));
      changed();
      return outcomes;
    },
    watermark: async (device, spool, stream) => {
      const seen = new Set(sequences(device, spool, stream));
      const through = Math.max(0, ...seen);
      const missing = Array.from({ length: through }, (_, i) => i + 1).filter((seq) => !seen.has(seq));
      return { device, spool, stream, through, missing };
    },
    quarantine: async () => {
      quarantined += 1;
    },
    birth: async (site, device, birth, nowMs) => {
      const simulated = birth.simulated === true;
      const where = (birth.where ?? null) as DeviceRecord['where'];
      keepDevice(site, device, { birth, simulated, where, status: 'online' }, nowMs);
      changed();
    },
    status: async (site, device, status, nowMs) => {
      keepDevice(site, device, { status }, nowMs);
      changed();
    },
    acknowledge: async (alertId, by, nowMs) => {
      const known = alerts.get(alertId)?.record;
      if (!known) return false;
      if (known.acknowledged) return true;
      keepAlert({ ...known, acknowledged: { by, atMs: nowMs } });
      changed();
      return true;
    },
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
      quarantined,
      duplicates,
    }),
    close: async () => {},
  };
}
