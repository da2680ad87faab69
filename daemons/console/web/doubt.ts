import type { AlertRecord, Board } from './board.ts';

/** Whether an instrument behind it was found wrong later. A box of an older version sets the flag alone. */
export const isDoubted = ({ alert }: AlertRecord): boolean =>
  (alert.doubts ?? []).length > 0 || alert.flags.includes('check-failed');

/** Names of the findings that put something in doubt: what a reader has seen of them is kept by these. */
export const findingsOf = ({ device, alert }: AlertRecord): string[] =>
  (alert.doubts ?? []).map(({ record }) => `${device}/${record}`);

/** The alerts with a finding that this reader has not put away. */
export const freshlyDoubted = (board: Board, seen: ReadonlySet<string>): AlertRecord[] =>
  [...board.alerts.values()].filter((record) => findingsOf(record).some((one) => !seen.has(one)));
