/** Who comes to the passages of a checkpoint: what they were, and what an officer found. */

import type { Item } from '../../core/ports/spool.ts';
import type { PassageRequest, Reply } from '../../core/procedure/link.ts';
import type { BoxEvent } from '../../core/values/envelope.ts';
import type { SayEvent } from '../say-event.ts';
import { decided, emptyPassageBook, falsePerThousand, noted, passageBook } from './book.ts';

type PassageReply = Extract<Reply, { say: 'passages' | 'refused' }>;

export interface PassageDesk {
  /** Takes in what the line told; gives what is committed with it. */
  look(events: readonly Item[]): Readonly<Record<string, unknown>>;
  answer(request: PassageRequest): PassageReply;
}

/** `kept`: the book as the spool held it. */
export function passageDesk(kept: unknown, say: SayEvent): PassageDesk {
  let book = passageBook.safeParse(kept).data ?? emptyPassageBook;
  const status = (told: string | null): PassageReply => ({
    say: 'passages',
    told,
    falsePerThousand: falsePerThousand(book),
    ...book,
  });
  return {
    look: (events) => {
      const before = book;
      for (const { stream, body } of events) if (stream === 'event') book = noted(book, body as BoxEvent);
      return book === before ? {} : { 'passage-book': book };
    },
    answer: (request) => {
      if (request.ask === 'passages') return status(null);
      const done = decided(book, request);
      if (typeof done === 'string') return { say: 'refused', message: done };
      const [next, said] = done;
      book = next;
      void say(said, { 'passage-book': book });
      return status(said.message);
    },
  };
}
