/** What is pressed, from the press to what the centre made of it. */
import type { AlertRecord } from '../../core/ports/records.ts';
import type { ActAnswer, HelpAnswer } from '../desk/shapes.ts';
import { applyNews } from '../web/board.ts';
import { askAhead, type Clock } from './clock.ts';
import type { Vault } from './kept.ts';
import { arrivedIn, newWord } from './kept.ts';
import { type Answered, sending } from './post.ts';
import { type Heard, type Said, settle, type Word } from './queue.ts';
import type { Store } from './store.ts';

/** Between two tries while words wait and the page is looked at. */
const againMs = 8000;

export interface Speaking {
  say(said: Said): Promise<void>;
  drop(key: string): Promise<void>;
  /** That alerts arrived here, for those of which nobody told. */
  tellArrived(): Promise<void>;
  settle(): Promise<void>;
  /** Reads what waits, of whoever is logged in. */
  read(): Promise<void>;
}

interface Around {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Every answer: the centre's clock stands in it. */
  readonly onAnswer: (answered: Answered) => void;
  /** Nobody is logged in, or the word of the session is an old one. Resolves to whether it may be tried again. */
  readonly onOver: () => Promise<boolean>;
}

export function openSpeaking({ store, vault, clock, onAnswer, onOver }: Around): Speaking {
  const account = (): string => store.state.who?.account ?? '';
  const read = async (): Promise<void> => {
    const words = (await vault.words.all()).filter((one) => one.account === account());
    store.change({ words });
  };

  /** What the centre said of an alert goes on the page at once: the stream may be slow, or closed. */
  const onHeard = (word: Word, heard: Heard): void => {
    if (heard.is !== 'done') return;
    if ('help' in word.said) {
      const { acknowledged } = heard.body as HelpAnswer;
      if (!acknowledged) store.change({ calledHelp: [...store.state.calledHelp, word.key] });
      return;
    }
    const { desk, acknowledged } = heard.body as ActAnswer;
    const record = store.state.board.alerts.get(word.said.alert);
    if (!record || !desk) return;
    const next: AlertRecord = { ...record, desk, acknowledged: acknowledged ?? record.acknowledged };
    store.change({ board: applyNews(store.state.board, { alerts: [next], devices: [] }, false) });
  };

  let timer = 0;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void settleAll(), againMs);
  };

  /** What was said before the phone's clock was set is told by the centre's: it has to be known anew. */
  const isTimed = async (): Promise<boolean> => {
    if (clock.isSure()) return true;
    const aheadMs = await askAhead(fetch);
    if (aheadMs !== null) clock.hear(aheadMs);
    return aheadMs !== null;
  };

  const inTurn = async (): Promise<void> => {
    await read();
    if (store.state.words.every(({ refused }) => refused !== null)) return;
    if (!(await isTimed())) return later();
    const parts = {
      ...{ keep: vault.words, account: account(), now: clock.now, onHeard },
      send: sending(fetch, () => store.state.who?.csrf ?? null, onAnswer),
    };
    let settled = await settle(parts);
    if (settled === 'over' && (await onOver())) settled = await settle(parts);
    await read();
    if (settled === 'later') later();
  };

  /** One at a time, in all windows and the worker: so that the order holds. */
  const settleAll = async (): Promise<void> => {
    if (store.state.who === null || store.state.session === 'ended' || account() === '') return;
    if ('locks' in navigator) await navigator.locks.request('fieldpost-patrol-words', inTurn);
    else await inTurn();
  };

  const keepWord = async (said: Said): Promise<void> => {
    await vault.words.put(newWord(account(), said, clock.now()));
    await read();
  };

  /** One after the other: two news at once would tell of the same arrival twice. */
  let arriving: Promise<void> = Promise.resolve();
  const tellArrived = async (): Promise<void> => {
    const unit = store.state.who?.unit;
    if (unit == null) return;
    const arrived = arrivedIn([...store.state.board.alerts.values()], unit, await vault.words.all());
    for (const alert of arrived) await keepWord({ alert, deed: { what: 'received' } });
    if (arrived.length > 0) await settleAll();
  };

  return {
    read,
    settle: settleAll,
    say: async (said) => {
      await keepWord(said);
      void askForSync();
      await settleAll();
    },
    drop: async (key) => {
      await vault.words.drop(key);
      await read();
    },
    tellArrived: () => {
      arriving = arriving.then(tellArrived);
      return arriving;
    },
  };
}

/** Where a browser knows background sync, the worker sends what waits when there is signal, the page open or not. */
async function askForSync(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration('/patrol/');
  const { sync } = (registration ?? {}) as { sync?: { register(tag: string): Promise<void> } };
  await sync?.register('words').catch(() => {});
}
