import type { Message, MessageKey, Messages } from './messages/keys.ts';

/** What the page speaks: one language at a time, as one person reads it. Changed by `speak` alone, before a view is drawn anew. */
let spoken: Messages = {};
let plurals = new Intl.PluralRules('en');

/** Speaks with these messages from now on. What is on the page already stays as it was said. */
export function speak(messages: Messages): void {
  spoken = messages;
  plurals = new Intl.PluralRules(locale());
}

/** As Intl names it, for dates and plurals. */
export const locale = (): string => textOf(spoken.locale, 0) ?? 'en-GB';

const textOf = (message: Message | undefined, n: number): string | undefined =>
  typeof message === 'object' ? (message[plurals.select(n)] ?? message.other) : message;

type Values = Readonly<Record<string, string | number>>;

/**
 * A sentence of the page, with its `{places}` filled; where a message has plural forms, `n` chooses. The result is text: it is
 * never parsed as markup. A message that is missing shows its key, which a person can at least report.
 */
export function say(key: MessageKey, values: Values = {}): string {
  const message = Object.hasOwn(spoken, key) ? spoken[key] : undefined;
  const sentence = textOf(message, Number(values.n ?? 0)) ?? key;
  return sentence.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** The same for a key that comes from outside; null where there is no such message. */
export const sayIf = (key: string, values: Values = {}): string | null =>
  Object.hasOwn(spoken, key) ? say(key as MessageKey, values) : null;

/** The page's word for a code that comes from outside; the code itself where there is none. */
export function word(group: 'flag' | 'kind' | 'source' | 'plume.reason' | 'plume.why' | 'act', code: string): string {
  const key = `${group}.${code}`;
  return Object.hasOwn(spoken, key) ? say(key as MessageKey) : code;
}
