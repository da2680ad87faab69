/** Words of the patrol's page of a box, the same for the secure page and the plain one. */
import type { Language } from '../../core/procedure/words.ts';
import { en, type PatrolWordKey } from './words/en.ts';
import { kk } from './words/kk.ts';
import { ru } from './words/ru.ts';

export const patrolCatalogue: Readonly<Record<Language, Readonly<Record<PatrolWordKey, string>>>> = { en, ru, kk };

/** A sentence with its places filled. The result is text, never markup. */
export type PatrolSay = (key: PatrolWordKey, values?: Readonly<Record<string, string | number>>) => string;

export const sayPatrol =
  (language: Language): PatrolSay =>
  (key, values = {}) =>
    patrolCatalogue[language][key].replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));

/** The word for a code that comes from a machine; the code itself where there is none. */
export function patrolWordFor(say: PatrolSay, group: 'kind' | 'gas' | 'flag', code: string): string {
  // As the gas daemon names what warns the crew: level and quantity.
  const [, level, gas] = (group === 'kind' && /^crew-(a1|a2|stel)-(.+)$/.exec(code)) || [];
  if (level && gas) return say('kind.crew', { gas: patrolWordFor(say, 'gas', gas), level: level.toUpperCase() });
  const key = `${group}.${code}`;
  return Object.hasOwn(en, key) ? say(key as PatrolWordKey) : code;
}

/** A span of time in the two units that a person needs; null is not known. */
export function ageIn(say: PatrolSay, ms: number | null): string {
  if (ms === null) return say('age.unknown');
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return say('age.seconds', { n: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return say('age.minutes', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return say('age.hours', { n: hours, m: minutes % 60 });
  return say('age.days', { n: Math.floor(hours / 24), m: hours % 24 });
}

/** How long it has been going on. */
export const lastingIn = (say: PatrolSay, sinceMs: number | null): string =>
  sinceMs === null ? say('state.for-unknown') : say('state.for', { age: ageIn(say, sinceMs) });
