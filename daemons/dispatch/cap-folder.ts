/** A folder that other agencies take CAP messages from: each alert's, as soon as it has a new one. */
import { capIssues, isForOthers } from '../core/cap/issue.ts';
import type { CapIssue } from '../core/cap/message.ts';
import { capHistoryOf } from '../core/cap/read-history.ts';
import type { Running } from '../core/daemon/running.ts';
import type { Archive } from '../core/ports/archive.ts';
import type { DeskStore } from '../core/ports/desk.ts';
import { isFault } from '../core/ports/fault.ts';
import type { AlertRecord } from '../core/ports/records.ts';

export interface CapFolder {
  /** An alert as it is now. */
  take(record: AlertRecord): void;
  /** Until `ctx.signal` aborts. Errors: none of the world's; what could not be written is tried again. */
  run(): Promise<void>;
}

/** Of a store that is read from its beginning: older alerts are for `fieldpost cap --days`. */
const recentMs = 7 * 86_400_000;
/** A shelf ends by the clock alone. */
const lookMs = 30_000;
const againMs = 5000;

export interface CapParts {
  readonly archive: Archive;
  readonly desk: DeskStore;
  /** Whether there is a layer of dwellings. */
  readonly layered: boolean;
  /** Writes those that are not there. Errors: Fault `refused`. */
  readonly write: (issues: readonly CapIssue[]) => Promise<{ readonly written: number }>;
}

export function openCapFolder(
  { archive, desk, layered, write: keep }: CapParts,
  { clock, log, signal }: Running,
): CapFolder {
  const waiting = new Map<string, AlertRecord>();
  let wake: () => void = () => {};

  const write = async (record: AlertRecord): Promise<void> => {
    const nowMs = clock.now().wallMs;
    const issues = capIssues(await capHistoryOf(record, archive, desk), { layered, nowMs });
    const { written } = await keep(issues);
    if (written > 0) log.info('CAP messages written', { alert: record.alert.id, messages: written });
    const shelved = record.desk?.shelved?.untilMs ?? 0;
    if (shelved <= nowMs && waiting.get(record.alert.id) === record) waiting.delete(record.alert.id);
  };

  return {
    take: (record) => {
      if (!isForOthers(record) || record.changedMs < clock.now().wallMs - recentMs) return;
      waiting.set(record.alert.id, record);
      wake();
    },
    run: async () => {
      while (!signal.aborted) {
        const news = new AbortController();
        wake = () => news.abort();
        let restMs = lookMs;
        try {
          for (const one of [...waiting.values()]) if (!signal.aborted) await write(one);
        } catch (error) {
          if (!isFault(error)) throw error;
          log.warn('CAP messages wait', { reason: error.message });
          restMs = againMs;
        }
        await clock.sleep(restMs, 'CAP folder', AbortSignal.any([news.signal, signal]));
      }
    },
  };
}
