/** What the centre tells of alerts, taken in and kept. */
import type { AlertRecord } from '../../core/ports/records.ts';
import type { CallCard } from '../patrol/card.ts';
import { applyNews, type Board, type News } from '../web/board.ts';
import { cardName, type Gone, type Held, helpKind, names } from './kept.ts';
import { request } from './post.ts';
import type { Sound } from './sound.ts';
import { type State, toldOf } from './state.ts';
import type { Store } from './store.ts';
import type { Vault } from './vault.ts';

/** Read by somebody or not, of so many that went the newest are told of. */
const mostGone = 20;

/** The board after the news, and which alerts went with it. Of what went nothing is kept but its kind: its place may be somebody's home. Pure. */
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

const ranks = ['critical', 'warning', 'info'] as const;

export function openHearing(store: Store, vault: Vault, sound: Sound) {
  const fetching = new Set<string>();

  /** Before it is asked for: where there is no signal later, it is there. */
  const readCard = async (record: AlertRecord): Promise<void> => {
    const { id, rev } = record.alert;
    if (fetching.has(id) || record.alert.kind === helpKind) return;
    fetching.add(id);
    const { status, body } = await request(fetch, 'GET', `/api/alerts/${encodeURIComponent(id)}/call`);
    fetching.delete(id);
    if (status !== 200 || !store.state.board.alerts.has(id)) return;
    const card = body as CallCard;
    store.change({ cards: new Map(store.state.cards).set(id, card) });
    await vault.write(cardName(id), { ...card, rev });
  };

  const isOld = ({ cards, aheadMs }: State, { alert, desk }: AlertRecord): boolean => {
    const card = cards.get(alert.id);
    const isRead = (desk?.dwelling == null) === (card?.dwellings === 'unknown');
    return !card || card.rev < alert.rev || !isRead || Date.now() + aheadMs - card.madeMs > cardMs;
  };

  const keep = async (went: readonly string[]): Promise<void> => {
    const { board, gone } = store.state;
    const held: Held = { alerts: [...board.alerts.values()], devices: [...board.devices.values()], gone };
    await vault.write(names.held, held);
    for (const id of went) await vault.remove(cardName(id));
  };

  return {
    take: (news: News, isWhole: boolean): void => {
      const { state } = store;
      const { board, gone, went } = afterNews(state, news, isWhole, Date.now() + state.aheadMs);
      const fresh = newOn(state.board, board, state.who?.unit ?? null);
      const cards = new Map([...state.cards].filter(([id]) => board.alerts.has(id)));
      store.change({
        board,
        gone,
        cards,
        open: state.open !== null && board.alerts.has(state.open) ? state.open : null,
      });
      const worst = ranks.find((one) => fresh.some(({ alert }) => alert.severity === one));
      if (worst) sound.play(worst);
      void keep(went);
      for (const record of board.alerts.values()) if (isOld(store.state, record)) void readCard(record);
    },
    refresh: (id: string): void => {
      const record = store.state.board.alerts.get(id);
      if (record && isOld(store.state, record)) void readCard(record);
    },
    forget: (id: string): void => {
      store.change({ gone: store.state.gone.filter((one) => one.id !== id) });
      void keep([]);
    },
  };
}

/** The wind of a card that is older is asked for again. */
const cardMs = 120_000;
