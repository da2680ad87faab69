/** What a daemon under test has kept in its spool so far, read beside it. */
import { existsSync } from 'node:fs';
import { openSpoolReader } from '../../daemons/core/adapters/spool.sqlite.ts';
import type { SpoolReader } from '../../daemons/core/ports/spool.ts';
import { decodeTelemetry } from '../../daemons/core/telemetry/decode.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { BoxEvent, Envelope, Stream } from '../../daemons/core/values/envelope.ts';
import type { Measurement } from '../../daemons/core/values/measurement.ts';
import type { Reading } from '../../daemons/core/values/reading.ts';

const streams = ['alert', 'event', 'tele'] as const;

/** In order. */
export interface Kept {
  readonly alerts: readonly Alert[];
  readonly events: readonly BoxEvent[];
  readonly readings: readonly Reading[];
  readonly measurements: readonly Measurement[];
}

export interface KeptReader {
  upToNow(): Promise<Kept>;
  /** Resolves when something that was kept after `since` is found. Errors: when `ended` resolves before, with what it gives. */
  until<T>(
    find: (kept: Kept) => T | undefined,
    options: { readonly since?: Kept | undefined; readonly ended: Promise<string> },
  ): Promise<T>;
  /** The sequence numbers of each stream, as kept. */
  numbers(): Promise<Readonly<Record<Stream, readonly number[]>>>;
  close(): Promise<void>;
}

/** `spool`: its file, which need not be there yet. It is looked at every so many ms. */
export function keptIn(spool: string, everyMs = 50): KeptReader {
  let reader: SpoolReader | null = null;
  const kept = {
    alerts: [] as Alert[],
    events: [] as BoxEvent[],
    readings: [] as Reading[],
    measurements: [] as Measurement[],
  };
  const seen: Record<Stream, number> = { alert: 0, event: 0, tele: 0 };
  const take = (envelope: Envelope): void => {
    if (envelope.stream === 'alert') kept.alerts.push(envelope.body as Alert);
    else if (envelope.stream === 'event') kept.events.push(envelope.body as BoxEvent);
    else {
      const { readings, measurements } = decodeTelemetry(envelope.body as Parameters<typeof decodeTelemetry>[0]);
      kept.readings.push(...readings);
      kept.measurements.push(...measurements);
    }
  };
  const readOn = async (): Promise<void> => {
    if (!reader && existsSync(spool)) reader = await openSpoolReader(spool).catch(() => null);
    for (const stream of streams) {
      for (const { seq, text } of (await reader?.peek(stream, seen[stream], 100_000)) ?? []) {
        take(JSON.parse(text) as Envelope);
        seen[stream] = seq;
      }
    }
  };
  return {
    upToNow: async () => {
      await readOn();
      return {
        alerts: [...kept.alerts],
        events: [...kept.events],
        readings: [...kept.readings],
        measurements: [...kept.measurements],
      };
    },
    until: async (find, { since, ended }) => {
      let over: string | null = null;
      const end = ended.then((why) => {
        over = why;
      });
      for (;;) {
        await readOn();
        const found = find({
          alerts: kept.alerts.slice(since?.alerts.length ?? 0),
          events: kept.events.slice(since?.events.length ?? 0),
          readings: kept.readings.slice(since?.readings.length ?? 0),
          measurements: kept.measurements.slice(since?.measurements.length ?? 0),
        });
        if (found !== undefined) return found;
        if (over !== null) throw new Error(over);
        await Promise.race([end, new Promise((resolve) => setTimeout(resolve, everyMs))]);
      }
    },
    numbers: async () => {
      const all = await Promise.all(streams.map((stream) => reader?.peek(stream, 0, 1_000_000)));
      const [alert = [], event = [], tele = []] = all.map((rows) => (rows ?? []).map(({ seq }) => seq));
      return { alert, event, tele };
    },
    close: async () => reader?.close(),
  };
}
