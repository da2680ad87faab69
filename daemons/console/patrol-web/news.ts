/** What the centre tells of alerts, taken in. Pure. */
import type { AlertRecord } from '../../core/ports/records.ts';
import { applyNews, type Board, type News } from '../web/board.ts';
import { type Gone, helpKind } from './kept.ts';
import { toldOf } from './state.ts';

/** Read by somebody or not, of so many that went the newest are told of. */
const mostGone = 20;

/** The board after the news, and which alerts went with it. Of what went nothing is kept but its kind: its place may be somebody's home. */
export function afterNews(
  { board, gone }: { readonly board: Board; readonly gone: readonly Gone[] },
  news: News,
  isWhole: boolean,
  nowMs: number,
): { readonly board: Board; readonly gone: readonly Gone[]; readonly went: readonly string[] } {
  const next = applyNews(board, news, isWhole);
  const went = [...board.alerts.values()].filter(({ alert }) => !next.alerts.has(alert.id));
  const told = went.map(({ alert }) => ({ id: alert.id, kind: alert.kind, atMs: nowMs }));
  const stays = gone.filter(({ id }) => !next.alerts.has(id));
  return { board: next, gone: [...told, ...stays].slice(0, mostGone), went: told.map(({ id }) => id) };
}

/** Alerts that nobody of this unit opened, which were not on the board before. */
export const newOn = (before: Board, after: Board, unit: string | null): readonly AlertRecord[] =>
  [...after.alerts.values()].filter(
    (one) =>
      one.alert.kind !== helpKind &&
      !before.alerts.has(one.alert.id) &&
      !toldOf(one, unit)?.seen &&
      !one.desk?.resolved,
  );
