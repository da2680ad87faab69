/**
 * What this phone said and the box has not kept yet. It stays on the phone until the box says that it stands, under the key that it
 * was made with, and says how long ago that was: neither a torn link nor a wrong clock of the phone makes two of it.
 */
import type { PatrolDeed } from '../../../core/wire/patrol-word.ts';

interface Waiting {
  /** Who said it: the next one who is let in with this phone does not speak for them. */
  readonly who: string;
  readonly alert: string;
  readonly deed: PatrolDeed;
  readonly key: string;
  /** By the phone, for the age alone. */
  readonly saidMs: number;
}

export interface Outbox {
  /** Words that wait, of whoever is let in. */
  waiting(): readonly Waiting[];
  add(alert: string, deed: PatrolDeed): void;
  /** Says all that waits. */
  send(): Promise<void>;
}

export interface OutboxParts {
  /** Who is let in, as far as the box said; null: nobody. */
  who(): string | null;
  /** Status of the answer and what it says; null: the box was not reached. */
  post(body: object): Promise<{ readonly status: number; readonly why: string } | null>;
  onRefused(why: string): void;
  onChange(): void;
}

const name = 'patrol-words';
const longestMs = 7 * 86_400_000;

export function openOutbox({ who, post, onRefused, onChange }: OutboxParts): Outbox {
  let words = readAll();
  let sending: Promise<void> | null = null;
  const keep = (next: readonly Waiting[]): void => {
    words = next;
    localStorage.setItem(name, JSON.stringify(next));
    onChange();
  };
  const mine = (): readonly Waiting[] => words.filter((one) => one.who === who());
  const sendAll = async (): Promise<void> => {
    for (let one = mine()[0]; one; one = mine()[0]) {
      const { alert, deed, key, saidMs } = one;
      const agoMs = Math.round(Math.min(longestMs, Math.max(0, Date.now() - saidMs)));
      const answer = await post({ alert, deed, key, agoMs });
      // The box is away, busy, or wants to know anew who this is: it waits.
      if (!answer || answer.status === 401 || answer.status === 429 || answer.status >= 500) return;
      keep(words.filter((other) => other.key !== key));
      // That a device has it is nobody's concern where it is refused.
      if (answer.status !== 200 && deed.what !== 'received' && deed.what !== 'seen') onRefused(answer.why);
    }
  };
  const send = (): Promise<void> => {
    sending ??= sendAll().finally(() => {
      sending = null;
    });
    return sending;
  };
  return {
    waiting: mine,
    add: (alert, deed) => {
      const me = who();
      if (me === null) return;
      const young = words.filter(({ saidMs }) => Date.now() - saidMs < longestMs);
      keep([...young, { who: me, alert, deed, key: crypto.randomUUID(), saidMs: Date.now() }].slice(-200));
      void send();
    },
    send,
  };
}

function readAll(): readonly Waiting[] {
  try {
    return JSON.parse(localStorage.getItem(name) ?? '[]') as readonly Waiting[];
  } catch {
    return [];
  }
}
