import { fromHead } from './dom.ts';
import type { Messages } from './messages/keys.ts';
import { type Language, languages } from './settings.ts';

/** Each in its own words: whoever cannot read the page finds it all the same. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', ru: 'Русский', kk: 'Қазақша' };

/** What was chosen here, else what the account says, else what the browser asks for, else English. */
export function pickLanguage(...wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of [...wishes, ...navigator.languages]) {
    const found = languages.find((one) => one === wish?.slice(0, 2).toLowerCase());
    if (found) return found;
  }
  return 'en';
}

const retryMs = 2000;

/** Loads the messages of one language: the page never loads another's. Tries until it has them, for without words nothing can be shown. */
export async function loadMessages(language: Language): Promise<Messages> {
  for (;;) {
    const answer = await fetch(fromHead(`messages-${language}`)).catch(() => null);
    if (answer?.ok) return (await answer.json()) as Messages;
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
