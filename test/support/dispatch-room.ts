/** A central store and dispatchers on it, by a clock that a test turns. */
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { openDeskAt, openRecordsAt } from '../../daemons/core/adapters/centre.ts';
import type { Delivery } from '../../daemons/core/dispatch/delivery.ts';
import type { Notifier } from '../../daemons/core/ports/notifier.ts';
import type { AlertRecord } from '../../daemons/core/ports/records.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { Deed } from '../../daemons/core/values/desk.ts';
import { dispatchConfig } from '../../daemons/dispatch/config.ts';
import { dispatchLine } from '../../daemons/dispatch/daemon.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { alertArrival, sampleAlert } from './alerts.ts';
import { keptLog } from './console.ts';
import { turnedClock } from './turned-clock.ts';

export const startMs = Date.parse('2026-11-30T12:00Z');

/** `where`: a store of PostgreSQL; a file of its own where it is absent. */
export async function dispatchRoom(t: ExecutionContext, delivery: Delivery, where?: string) {
  const file = where ?? path.join(freshFolder(t), 'central.db');
  const ledger = await openRecordsAt(file);
  const desk = await openDeskAt(file);
  const clock = turnedClock(startMs);
  const nowMs = () => clock.now().wallMs;
  const stops: (() => Promise<void>)[] = [];
  let seq = 0;
  t.teardown(async () => {
    for (const stop of stops) await stop();
    await desk.close();
    await ledger.close();
  });
  return {
    clock,
    desk,
    /** Starts a dispatcher; its line ends by `stop`, or by itself when it dies. */
    dispatch: (ways: readonly Notifier[], knownMs?: number) => {
      const stopper = new AbortController();
      const log = keptLog();
      const config = dispatchConfig.parse({ dwellings: delivery.layered });
      const line = dispatchLine(
        { config, delivery, records: file, ways: new Map(ways.map((one) => [one.way, one])), knownMs },
        { signal: stopper.signal, progress: () => {}, log, clock },
      );
      const ended = line.then(
        () => null,
        (error: unknown) => error,
      );
      const stop = async (): Promise<void> => {
        stopper.abort();
        await ended;
      };
      stops.push(stop);
      return { log, ended, stop };
    },
    raise: (id: string, news: Partial<Alert> = {}) =>
      ledger.commit([alertArrival(sampleAlert(id, news, nowMs()), ++seq)], nowMs()),
    raiseAll: (ids: readonly string[]) =>
      ledger.commit(
        ids.map((id) => alertArrival(sampleAlert(id, {}, nowMs()), ++seq)),
        nowMs(),
      ),
    act: (alert: string, deed: Deed, unit?: string) =>
      desk.act({ alert, by: unit ?? 'op-1', role: unit ? 'patrol' : 'centre', atMs: nowMs(), deed, unit }),
    /** Waits until the store says so of an alert. */
    until: async (id: string, is: (record: AlertRecord) => boolean): Promise<AlertRecord> => {
      for (;;) {
        const record = await desk.record(id);
        if (record && is(record)) return record;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

/** Of each unit: way, step and state of what was tried. */
export const triedIn = ({ desk }: AlertRecord): readonly string[] =>
  (desk?.told ?? []).flatMap(({ unit, tried }) =>
    tried.map(({ way, step, state }) => `${unit} ${way} ${step} ${state}`),
  );
