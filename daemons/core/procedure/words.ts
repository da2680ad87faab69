import { en, type WordKey } from './words/en.ts';
import { kk } from './words/kk.ts';
import { ru } from './words/ru.ts';

export const languages = ['en', 'ru', 'kk'] as const;
export type Language = (typeof languages)[number];

export const catalogue: Readonly<Record<Language, Readonly<Record<WordKey, string>>>> = { en, ru, kk };

/** A sentence with its places filled. The result is text, never markup. */
export type Say = (key: WordKey, values?: Readonly<Record<string, string | number>>) => string;

export const sayIn =
  (language: Language): Say =>
  (key, values = {}) =>
    catalogue[language][key].replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));

/** The word for a code that comes from a machine; the code itself where there is none. */
export function wordFor(say: Say, group: string, code: string): string {
  const key = `${group}.${code}`;
  return Object.hasOwn(en, key) ? say(key as WordKey) : code;
}

/** The first language among what is asked for (`kk_KZ.UTF-8`, `ru-RU`) that there are words in; else English. */
export function languageOf(...asked: readonly (string | undefined)[]): Language {
  for (const one of asked) {
    const code = one?.slice(0, 2).toLowerCase();
    const found = languages.find((language) => language === code);
    if (found) return found;
  }
  return 'en';
}
