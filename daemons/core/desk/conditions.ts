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

export function conditionsOf(search: Search): readonly Condition[] {
  const { text, fromMs, toMs, outcome, drill } = search;
  const exact = (['kind', 'severity', 'site', 'device'] as const).flatMap((name) => {
    const value = search[name];
    return value === undefined ? [] : [on(`alert.${name} = ?`, value)];
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
  const begins = words.map(() => 'id IN (SELECT alert FROM word WHERE word >= ? AND word < ?)').join(' AND ');
  const all = begins === '' ? 'id = ?' : `(id = ? OR (${begins}))`;
  return on(all, text, ...words.flatMap((word) => [word, afterAll(word)]));
}

/** A place in the order of time and id, newest first; null for a text that names none. */
export function placeOf(after: string): { readonly ms: number; readonly id: string } | null {
  const [, ms, id] = /^(\d{1,16})\.(.{1,200})$/s.exec(after) ?? [];
  return ms === undefined || id === undefined ? null : { ms: Number(ms), id };
}
export const placeText = (ms: number, id: string): string => `${ms}.${id}`;
