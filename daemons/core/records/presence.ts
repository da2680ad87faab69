import type { Said } from '../ports/records.ts';

/** Whether a box is there, and which life of it said so. */
export interface Presence {
  readonly status: 'online' | 'offline' | 'unknown';
  /** Boot id and connection of the birth or the word that counts; '' where none was named. */
  readonly boot: string;
  readonly session: string;
}

export const unknownPresence: Presence = { status: 'unknown', boot: '', session: '' };

/**
 * After a birth. The birth of a life that is known changes nothing: a retained one comes again with every subscription,
 * and may follow the last will that ended it.
 */
export function afterBirth(known: Presence, birth: Readonly<Record<string, unknown>>): Presence {
  const [boot, session] = [text(birth.boot), text(birth.session)];
  if (known.status !== 'unknown' && boot !== '' && isOf(known, boot, session)) return known;
  return { status: 'online', boot, session };
}

/**
 * After a status. `offline` ends only the life it names: a broker may send the last will of a dead connection long after
 * the box was born again.
 */
export function afterStatus(known: Presence, { status, boot, session = '' }: Said): Presence {
  if (status === 'online') return { status, boot, session };
  if (known.boot !== '' && !isOf(known, boot, session)) return known;
  return { status, boot, session };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The same boot and, where both name one, the same connection. */
const isOf = (known: Presence, boot: string, session: string): boolean =>
  known.boot === boot && (known.session === '' || session === '' || known.session === session);
