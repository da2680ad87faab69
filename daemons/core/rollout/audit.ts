/** Who did what to the fleet, and when: lines that each hold the hash of the one before. A line that is changed, or taken out, breaks it. */
import { hash } from 'node:crypto';
import { noHash } from '../values/envelope.ts';
import type { Note } from './plan.ts';

export interface AuditLine extends Note {
  /** From 1, without gaps. */
  readonly n: number;
  readonly atMs: number;
  /** Pseudonym of an operator, or `rollout` for what came of itself. */
  readonly by: string;
  /** The rollout that it belongs to; null: none. */
  readonly rollout: string | null;
  /** SHA-256 over the line before and this one. */
  readonly hash: string;
}

export type AuditEntry = Omit<AuditLine, 'n' | 'hash'>;

/** The line after `before`; null: it is the first. */
export function chained(before: AuditLine | null, entry: AuditEntry): AuditLine {
  const n = (before?.n ?? 0) + 1;
  const { atMs, by, rollout, box, what, why } = entry;
  const text = JSON.stringify(['fieldpost audit 1', n, before?.hash ?? noHash, atMs, by, rollout, box, what, why]);
  return { n, atMs, by, rollout, box, what, why, hash: hash('sha256', text, 'hex') };
}

/** Number of the first line that does not follow from the one before; null when all do. */
export function brokenAt(lines: Iterable<AuditLine>): number | null {
  let before: AuditLine | null = null;
  for (const line of lines) {
    if (chained(before, line).hash !== line.hash || line.n !== (before?.n ?? 0) + 1) return (before?.n ?? 0) + 1;
    before = line;
  }
  return null;
}
