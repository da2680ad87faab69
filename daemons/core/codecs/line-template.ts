/**
 * A pattern for lines of text: fixed text with `{name}` where a number stands and `{}` where anything may stand up to the
 * text that follows. It is read once from left to right and never goes back, so that no pattern and no line, however
 * chosen, takes longer than the line is long: a regular expression in a configuration file cannot promise that.
 */
import { Fault } from '../ports/fault.ts';

type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly name: string }
  | { readonly kind: 'skip' };

export interface LineTemplate {
  readonly tokens: readonly Token[];
  readonly names: readonly string[];
}

const spaces = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Reads a pattern. Errors: Fault `config` for one that is ambiguous, or that names no number or one twice. */
export function lineTemplate(pattern: string): LineTemplate {
  const wrong = (why: string): Fault => new Fault('config', `pattern ${JSON.stringify(pattern)}: ${why}`);
  const tokens = spaces(pattern)
    .split(/(\{[^{}]*\})/)
    .filter((piece) => piece !== '')
    .map((piece): Token => {
      if (!piece.startsWith('{')) return { kind: 'text', text: piece };
      const name = piece.slice(1, -1);
      if (name !== '' && !/^[a-z0-9-]{1,32}$/.test(name)) throw wrong(`${piece} must hold a channel's name or nothing`);
      return name === '' ? { kind: 'skip' } : { kind: 'number', name };
    });
  const names = tokens.flatMap((token) => (token.kind === 'number' ? [token.name] : []));
  if (names.length === 0) throw wrong('it needs at least one {channel}');
  if (new Set(names).size !== names.length) throw wrong('a channel is in it twice');
  if (tokens.some((token, i) => token.kind !== 'text' && tokens[i + 1] && tokens[i + 1]?.kind !== 'text'))
    throw wrong('between two places there must be text, for example a space');
  return { tokens, names };
}

/** A number with its sign, point and exponent; each part bounded, so that a long row of digits is no number. */
const number = /[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][+-]?\d{1,3})?/y;

/** The number at a place, or null for a word that stands for a missing one; undefined where neither stands. */
function numberAt(text: string, at: number, gaps: readonly string[]): readonly [number | null, string] | undefined {
  const gap = gaps.find((word) => text.startsWith(word, at));
  if (gap !== undefined) return [null, gap];
  number.lastIndex = at;
  const digits = number.exec(text)?.[0];
  return digits === undefined ? undefined : [Number(digits), digits];
}

/** The end of the text that a skip stands for: where the text that follows it begins. -1 when it does not come. */
const skipped = (text: string, at: number, next: Token | undefined): number =>
  next?.kind === 'text' ? text.indexOf(next.text, at) : text.length;

/**
 * The numbers at the pattern's places, or null when the line does not fit from its first to its last character. `gaps` are
 * the words that stand for a number when there is none. White space of any length fits white space.
 */
export function matchLine(
  { tokens }: LineTemplate,
  line: string,
  gaps: readonly string[],
): ReadonlyMap<string, number | null> | null {
  const text = spaces(line);
  const found = new Map<string, number | null>();
  let at = 0;
  for (const [i, token] of tokens.entries()) {
    if (token.kind === 'text') {
      if (!text.startsWith(token.text, at)) return null;
      at += token.text.length;
      continue;
    }
    if (token.kind === 'skip') {
      at = skipped(text, at, tokens[i + 1]);
      if (at < 0) return null;
      continue;
    }
    const here = numberAt(text, at, gaps);
    if (here === undefined) return null;
    found.set(token.name, here[0]);
    at += here[1].length;
  }
  return at === text.length ? found : null;
}
