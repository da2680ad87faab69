import { en, type MessageKey } from './messages/en.ts';

/** A sentence of the page, with its `{places}` filled. The result is text: it is never parsed as markup. */
export function say(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  return en[key].replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** The page's word for a code that comes from outside; the code itself where there is none. */
export function word(group: 'flag' | 'kind' | 'source' | 'plume.reason' | 'plume.why', code: string): string {
  const key = `${group}.${code}`;
  return Object.hasOwn(en, key) ? en[key as MessageKey] : code;
}
