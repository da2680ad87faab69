import type { AuditEntry, AuditLine } from '../values/audit.ts';

export interface AuditQuery {
  /** Lines below this number. */
  readonly before?: number | undefined;
  readonly actor?: string | undefined;
  readonly what?: string | undefined;
  readonly alert?: string | undefined;
  readonly limit: number;
}

/** Who looked at what, and why: only ever added. Errors: Fault `refused`, `absent`; nothing was then kept. */
export interface Audit {
  /** Durable when it resolves; the number of the line. */
  add(entry: AuditEntry): Promise<number>;
  /** Newest first. */
  newest(query: AuditQuery): Promise<readonly AuditLine[]>;
  /** Lines from a number on, in order. */
  from(n: number, limit: number): Promise<readonly AuditLine[]>;
}
