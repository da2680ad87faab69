/** Logs of daemons that are counted, as bytes that a journal would be given and as lines by what they say. */
import type { Log, LogFields } from '../../../daemons/core/ports/log.ts';

export interface CountingLog {
  of(daemon: string): Log;
  bytes(): number;
  /** Lines by daemon and message, the commonest first. */
  counts(): Readonly<Record<string, number>>;
}

export function countingLog(): CountingLog {
  let bytes = 0;
  const counts = new Map<string, number>();
  const take = (daemon: string, level: string, message: string, fields: LogFields = {}): void => {
    const line = JSON.stringify({ level, daemon, message, ...fields });
    bytes += line.length + 1;
    // Messages name numbers and hours: lines that differ by those alone are one.
    const kind = `${daemon}: ${message.replace(/\d[\d.:TZ-]*/g, '#').slice(0, 80)}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  };
  return {
    of: (daemon) => ({
      info: (message, fields) => take(daemon, 'info', message, fields),
      warn: (message, fields) => take(daemon, 'warn', message, fields),
      error: (message, fields) => take(daemon, 'error', message, fields),
    }),
    bytes: () => bytes,
    counts: () => Object.fromEntries([...counts].sort(([, one], [, other]) => other - one)),
  };
}
