/** What the centre tells of alerts, taken in and kept. */
import type { AlertRecord } from '../../core/ports/records.ts';
import type { CallCard } from '../patrol/card.ts';
import type { News } from '../web/board.ts';
import type { Vault } from './kept.ts';
import { cardName, type Held, helpKind, names } from './kept.ts';
import { afterNews, newOn } from './news.ts';
import { request } from './post.ts';
import type { Sound } from './sound.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';

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
