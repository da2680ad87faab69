import type { Alert } from '../values/alert.ts';
import type { Outcome } from '../values/desk.ts';
import type { AlertRecord } from './records.ts';

/** What is looked for; what is absent matches all. Times are those of the first commit at the centre. */
export interface Search {
  /** Each word of it begins a word of what people wrote, or it is the id of the alert. */
  readonly text?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly kind?: string | undefined;
  readonly severity?: Alert['severity'] | undefined;
  readonly site?: string | undefined;
  readonly device?: string | undefined;
  readonly outcome?: Outcome | undefined;
  /** Alerts of drills alone, real ones alone, or both. */
  readonly drill: 'only' | 'none' | 'both';
}

export interface Page {
  /** As the page before gave it; null begins with the newest. */
  readonly after: string | null;
  readonly limit: number;
}

export interface Found {
  /** Newest first. */
  readonly alerts: readonly AlertRecord[];
  /** Null on the last page. */
  readonly next: string | null;
  readonly total: number;
}

/** What was, found again. Errors: Fault `absent`, `refused`. */
export interface History {
  search(search: Search, page: Page): Promise<Found>;
  /** How often each outcome was; alerts of drills are left out. */
  outcomes(of: Pick<Search, 'kind' | 'site'>): Promise<Readonly<Partial<Record<Outcome, number>>>>;
}
