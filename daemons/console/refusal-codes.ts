/**
 * Codes of refusals. What is wrong is said where it is found, in English, by functions that know no page; each such sentence stands once more
 * among the messages of the page as `refusal.<code>`, with its `{places}`, and is known again by it. A test finds a sentence without a code.
 */
import en from './web/messages/en.json' with { type: 'json' };

const prefix = 'refusal.';

interface Known {
  readonly code: string;
  readonly places: readonly string[];
  readonly pattern: RegExp;
}

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function known(key: string, sentence: string): Known {
  const places = [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const pattern = new RegExp(
    `^${sentence
      .split(/\{\w+\}/)
      .map(literal)
      .join('(.+?)')}$`,
    's',
  );
  return { code: key.slice(prefix.length), places, pattern };
}

const sentences = Object.entries(en).filter(
  (one): one is [string, string] => one[0].startsWith(prefix) && typeof one[1] === 'string',
);
const whole = new Map(
  sentences.filter(([, text]) => !text.includes('{')).map(([key, text]) => [text, known(key, text)]),
);
/** Those that say most by themselves first: a sentence that is hardly more than its places would take others for itself. */
const withPlaces = sentences
  .filter(([, text]) => text.includes('{'))
  .map(([key, text]) => ({ ...known(key, text), fixed: text.replaceAll(/\{\w+\}/g, '').length }))
  .toSorted((a, b) => b.fixed - a.fixed);

/** Longer texts are no sentences of ours with something in them. */
const longest = 2000;

/** Nothing for a sentence that has none: it is said in English, and what its status means in the language of the page. */
export function refusalCode(what: string): {
  readonly code?: string;
  readonly values?: Readonly<Record<string, string>>;
} {
  const exact = whole.get(what);
  if (exact) return { code: exact.code };
  if (what.length > longest) return {};
  for (const { code, places, pattern } of withPlaces) {
    const found = pattern.exec(what);
    if (found) return { code, values: Object.fromEntries(places.map((name, i) => [name, found[i + 1] ?? ''])) };
  }
  return {};
}
