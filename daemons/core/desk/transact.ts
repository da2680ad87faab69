/** One deed on alerts that are held: what both stores do within a transaction. */
import type { Wish } from '../ports/desk.ts';
import type { AlertRecord } from '../ports/records.ts';
import type { Act, Desk } from '../values/desk.ts';
import { foldAct, untouched } from './fold.ts';
import { mayDo } from './may-do.ts';

/** The alert that a deed names, or null. */
export function otherOf({ deed }: Wish, record: AlertRecord | null): string | null {
  if (deed.what === 'link') return deed.to;
  return deed.what === 'unlink' ? (record?.desk?.duplicateOf ?? null) : null;
}

export interface Written {
  readonly act: Act;
  /** Both with the act folded in. */
  readonly record: AlertRecord;
  readonly other: AlertRecord | null;
}

const withDesk = (record: AlertRecord, desk: Desk): AlertRecord => ({ ...record, desk });

/** The act and what it makes of the alerts, or why it makes no sense. `n` is the number that the store gives it. */
export function transact(record: AlertRecord, other: AlertRecord | null, wish: Wish, n: number): Written | string {
  const why = mayDo(record, wish, other);
  if (why !== null) return why;
  const { alert, by, role, atMs, deed, unit, key, doneMs } = wish;
  const named = other ? { other: other.alert.id } : {};
  const from = { ...(unit !== undefined && { unit }), ...(key !== undefined && { key }) };
  const done = doneMs !== undefined && doneMs < atMs ? { doneMs } : {};
  const act: Act = { n, alert, by, role, atMs, deed, ...named, ...from, ...done };
  const acknowledged = record.acknowledged ?? (deed.what === 'acknowledge' ? { by, atMs: doneMs ?? atMs } : null);
  return {
    act,
    record: { ...withDesk(record, foldAct(record.desk ?? untouched, act)), acknowledged },
    other: other && withDesk(other, foldAct(other.desk ?? untouched, act, other.alert.id)),
  };
}
