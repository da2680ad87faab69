/** Words of what people wrote, by which it is found again: the same in every store, whatever its own idea of language. */
import type { Deed } from '../values/desk.ts';

const most = { words: 200, asked: 8, letters: 32 } as const;

/** Letters and digits in lower case, compatibility forms made one; each once. */
export function wordsOf(text: string, limit: number = most.words): readonly string[] {
  const found = text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  return [...new Set((found ?? []).map((word) => [...word].slice(0, most.letters).join('')))].slice(0, limit);
}

/** What is looked for: each is the beginning of a word. */
export const askedWords = (text: string): readonly string[] => wordsOf(text, most.asked);

/** Everything between a beginning and this begins with it, in an order by bytes of UTF-8. */
export const afterAll = (beginning: string): string => `${beginning}\u{10ffff}`;

/** What a deed says in words. */
export function textOf(deed: Deed): string {
  if ('text' in deed) return deed.text;
  if (deed.what === 'shelve') return deed.reason;
  if (deed.what === 'escalate') return deed.why;
  return deed.what === 'assign' ? (deed.unit ?? '') : '';
}
