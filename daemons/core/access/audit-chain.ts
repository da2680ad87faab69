/** Lines of the audit log, each with the hash of the one before: a line that is changed, or taken out, breaks it. */
import { hash } from 'node:crypto';
import type { AuditEntry, AuditLine } from '../values/audit.ts';
import { noHash } from '../values/envelope.ts';

/** The line after `before`; null: it is the first. */
export function linked(before: Pick<AuditLine, 'n' | 'hash'> | null, entry: AuditEntry): AuditLine {
  const n = (before?.n ?? 0) + 1;
  const [actor, about] = [held(entry.actor), held(entry.about)];
  const [purpose, number] = [entry.purpose && held(entry.purpose), entry.case && held(entry.case)];
  const alerts = entry.alerts.map(held);
  const { what } = entry;
  const atMs = Math.round(entry.atMs);
  const text = [
    'fieldpost access audit 1',
    n,
    before?.hash ?? noHash,
    atMs,
    actor,
    what,
    alerts,
    purpose,
    number,
    about,
  ];
  return {
    ...{ n, atMs, actor, what, alerts, purpose, case: number, about },
    hash: hash('sha256', JSON.stringify(text), 'hex'),
  };
}

/** As any store gives it back: PostgreSQL holds no NUL, and nothing holds half a character. */
const held = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed();

/** How far a log was followed. */
export interface Followed {
  /** The last line that follows from all before it; null: none yet. */
  readonly last: Pick<AuditLine, 'n' | 'hash'> | null;
  /** Number that the first bad line has or should have; null: every line is good. */
  readonly bad: number | null;
}

export const unfollowed: Followed = { last: null, bad: null };

/** Follows more lines. Lines taken off the end do not show: keep `last` of an earlier look elsewhere, and compare. */
export function follow(state: Followed, lines: readonly AuditLine[]): Followed {
  let { last, bad } = state;
  for (const line of lines) {
    if (bad !== null) break;
    const should = linked(last, line);
    if (should.n === line.n && should.hash === line.hash) last = { n: line.n, hash: line.hash };
    else bad = should.n;
  }
  return { last, bad };
}
