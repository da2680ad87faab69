/** What is delivered of a spool's file and then forgotten. */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Spooled } from '../ports/spool.ts';
import type { Range } from '../spool/ranges.ts';
import { isIntact } from '../spool/row.ts';
import type { Stream } from '../values/envelope.ts';
import type { Opening } from './spool.sqlite.open.ts';
import type { spoolRows } from './spool.sqlite.rows.ts';
import type { Spoiled } from './spool.sqlite.tidy.ts';

/** A peek gives no more than this at once, but always one envelope. */
const peekBytes = 1_000_000;

export interface Outbox {
  /** Up to `limit` envelopes of a stream above `after`, in order. What a reader gets is on the medium, whoever wrote it. */
  peek(stream: Stream, after: number, limit: number): Spooled[];
  /** Forgets what is numbered up to `through`, but for `missing`. */
  settle(stream: Stream, through: number, missing: readonly number[]): void;
}

export interface OutboxOptions extends Pick<ReturnType<typeof spoolRows>, 'rows' | 'textOf'> {
  readonly path: string;
  readonly role: 'writer' | 'reader';
  readonly opening: Opening;
  readonly transact: <T>(work: () => T) => T;
  /** Changes when another connection committed. */
  readonly version: () => number;
  readonly bringIn: () => void;
  /** Told of each spoiled row that is left out. */
  readonly spoiled: (spoiled: Spoiled) => void;
}

/**
 * Nearly all of the log goes in beside whoever appends. A log that is appended to without a pause would never be in as a whole, so the rest
 * goes in under the lock. The first commit behind that begins the log anew and flushes its head (SQLite's walFrames): `commit` does it here
 * rather than where something is measured.
 */
export function bringIn(db: DatabaseSync, commit: () => void): void {
  db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
  const rest = db.prepare('PRAGMA wal_checkpoint(RESTART)').get();
  if (rest?.log === rest?.checkpointed) commit();
}

export function outbox(options: OutboxOptions): Outbox {
  const { path, role, rows, textOf, opening, transact, version, bringIn: bringItIn, spoiled } = options;
  let flushedAt = -1;
  /** What another wrote may not be on the medium yet. A cut would take it, its numbers be given anew, and nobody may have heard of them. */
  const flushOthers = (): void => {
    const now = version();
    if (now === flushedAt) return;
    flushedAt = now;
    opening.flushNow();
  };
  /** Only a checkpoint writes to the file itself. */
  const broughtIn = (): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

  return {
    peek: (stream, after, limit) => {
      const found: Spooled[] = [];
      let bytes = 0;
      for (const row of rows[stream].after(after)) {
        const text = textOf(stream, row);
        if (text === null) {
          if (!isIntact(row)) spoiled({ stream, seq: row.seq });
          continue;
        }
        bytes += text.length;
        if (found.length >= limit || (found.length > 0 && bytes > peekBytes)) break;
        found.push({ seq: row.seq, text });
      }
      if (role === 'reader' && found.length > 0) flushOthers();
      return found;
    },
    settle: (stream, through, missing) => {
      const before = broughtIn();
      let more = true;
      while (more) {
        more = transact(() => {
          const end = Math.min(through, Math.max(rows[stream].mark().seq, rows[stream].last()?.seq ?? 0));
          const left = [...new Set(missing)].filter((seq) => seq <= end).sort((a, b) => a - b);
          const ranges = [...left, end + 1].map((stop, i): Range => [(left[i - 1] ?? 0) + 1, stop - 1]);
          return rows[stream].remove(
            ranges.filter(([from, to]) => from <= to),
            end,
          );
        });
      }
      if (role === 'reader' && broughtIn() !== before) bringItIn();
    },
  };
}
