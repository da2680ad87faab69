/** A search as conditions of SQL, in which both stores agree: values stand apart from the text. */
import type { Search } from '../ports/history.ts';
import { afterAll, askedWords } from './words.ts';

export interface Condition {
  /** With a `?` for each value. */
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

const on = (sql: string, ...values: readonly (string | number)[]): Condition => ({ sql, values });
const drills = 'SELECT alert FROM desk WHERE drill';

/** Where a store has what is no plain column of it. */
export interface Sought {
  readonly kind: string;
  readonly severity: string;
}

export function conditionsOf(search: Search, sought: Sought): readonly Condition[] {
  const { text, fromMs, toMs, outcome, drill } = search;
  const columns = { ...sought, site: 'site', device: 'device' };
  const exact = (['kind', 'severity', 'site', 'device'] as const).flatMap((name) => {
    const value = search[name];
    return value === undefined ? [] : [on(`alert.${columns[name]} = ?`, value)];
  });
  return [
    ...(fromMs === undefined ? [] : [on('raised_ms >= ?', fromMs)]),
    ...(toMs === undefined ? [] : [on('raised_ms < ?', toMs)]),
    ...exact,
    ...(outcome === undefined ? [] : [on('id IN (SELECT alert FROM desk WHERE outcome = ?)', outcome)]),
    ...(drill === 'both' ? [] : [on(`id ${drill === 'only' ? '' : 'NOT '}IN (${drills})`)]),
    ...(text === undefined ? [] : [writtenOf(text)]),
  ];
}

function writtenOf(text: string): Condition {
  const words = askedWords(text);
  // INTERSECT goes before UNION in both stores: it stands first, and binds at least as tight.
  const begins = words.map(() => 'SELECT alert FROM word WHERE word >= ? AND word < ?').join(' INTERSECT ');
  const values = words.flatMap((word) => [word, afterAll(word)]);
  return begins === '' ? on('id = ?', text) : on(`id IN (${begins} UNION SELECT ?)`, ...values, text);
}

/** A place in the order of time and id, newest first; null for a text that names none. */
export function placeOf(after: string): { readonly ms: number; readonly id: string } | null {
  const [, ms, id] = /^(\d{1,16})\.(.{1,200})$/s.exec(after) ?? [];
  return ms === undefined || id === undefined ? null : { ms: Number(ms), id };
}
export const placeText = (ms: number, id: string): string => `${ms}.${id}`;
