/** `act`: something was done with an alert. `refused`: a login that failed. */
export const audited = [
  'view',
  'search',
  'export',
  'approve',
  'act',
  'login',
  'refused',
  'logout',
  'purpose',
  'account',
  'token',
] as const;
export type Audited = (typeof audited)[number];

export interface AuditEntry {
  readonly atMs: number;
  /** A pseudonym, the name of a token, or `centre`. */
  readonly actor: string;
  readonly what: Audited;
  /** Ids of the alerts that were told; none: see `about`. */
  readonly alerts: readonly string[];
  readonly purpose: string | null;
  readonly case: string | null;
  /** What else is to be known: the question of a search, the account that was changed. */
  readonly about: string;
}

export interface AuditLine extends AuditEntry {
  /** From 1, without gaps. */
  readonly n: number;
  /** SHA-256 over the line before and this one. */
  readonly hash: string;
}
