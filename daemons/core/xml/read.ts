/**
 * XML 1.0 as elements, read strictly: no document type, no entities but the five of XML and numbers of characters, names of namespaces
 * resolved. For documents of others, so it is bounded in size and depth. Errors: Fault `protocol` with the line.
 */
import { Fault } from '../ports/fault.ts';

export interface XmlNode {
  /** Without its prefix. */
  readonly name: string;
  /** Of its namespace; '' for none. */
  readonly space: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlNode | string)[];
}

export interface XmlLimits {
  readonly characters: number;
  readonly depth: number;
}
const usual: XmlLimits = { characters: 1_000_000, depth: 32 };

const nameText =
  '[A-Za-z_\\u00c0-\\ufffd][\\w.\\-\\u00b7-\\ufffd]*(?::[A-Za-z_\\u00c0-\\ufffd][\\w.\\-\\u00b7-\\ufffd]*)?';
const token = new RegExp(
  [
    '<!--(?<comment>[^]*?)-->',
    '<\\?(?!xml[\\s?])[A-Za-z_][\\w.-]*(?:\\s[^]*?)?\\?>',
    '<!\\[CDATA\\[(?<cdata>[^]*?)\\]\\]>',
    `</(?<close>${nameText})\\s*>`,
    `<(?<open>${nameText})(?<said>(?:\\s+${nameText}\\s*=\\s*(?:"[^<"]*"|'[^<']*'))*)\\s*(?<empty>/?)>`,
    '(?<text>[^<]+)',
  ].join('|'),
  'uy',
);
const attribute = new RegExp(`(${nameText})\\s*=\\s*("[^<"]*"|'[^<']*')`, 'gu');
/** XML 1.0, section 2.2: what no document may hold, written out or as a number. */
const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const five: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** A mark of byte order and the declaration of XML, where they stand. */
const head = /^\ufeff?(?:<\?xml\s+version\s*=\s*(?:"1\.\d+"|'1\.\d+')(?:\s+[^?<>]*)?\?>)?/u;

interface Open {
  readonly tag: string;
  readonly name: string;
  readonly space: string;
  readonly spaces: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlNode | string)[];
}

/** A document that is being read. */
interface Reading {
  readonly text: string;
  at: number;
  readonly stack: Open[];
  root: XmlNode | null;
}
type Pieces = Readonly<Record<string, string | undefined>>;

function fail({ text, at }: Pick<Reading, 'text' | 'at'>, why: string): never {
  const line = text.slice(0, at).split('\n').length;
  throw new Fault('protocol', `XML, line ${line}: ${why}; must be a well-formed document. Nothing of it was taken`);
}

/** The one element that a document is. */
export function readXml(text: string, limits: XmlLimits = usual): XmlNode {
  const reading: Reading = { text, at: 0, stack: [], root: null };
  if (text.length > limits.characters)
    fail(reading, `is ${text.length} characters; at most ${limits.characters} are read`);
  const bad = forbidden.exec(text);
  if (bad)
    fail({ text, at: bad.index }, `holds the character ${bad[0].codePointAt(0)?.toString(16)}, which XML cannot`);
  reading.at = head.exec(text)?.[0].length ?? 0;
  while (reading.at < text.length) {
    token.lastIndex = reading.at;
    const pieces = token.exec(text)?.groups;
    if (!pieces) return fail(reading, `"${text.slice(reading.at, reading.at + 20)}" is no markup that is read`);
    const end = token.lastIndex;
    take(reading, pieces, limits.depth);
    reading.at = end;
  }
  if (reading.stack.length > 0) fail(reading, `<${reading.stack.at(-1)?.tag}> is not closed`);
  return reading.root ?? fail(reading, 'there is no element');
}

function take(reading: Reading, pieces: Pieces, depth: number): void {
  const { comment, cdata, close: end, open, text: plain } = pieces;
  if (comment !== undefined) {
    if (comment.includes('--') || comment.endsWith('-')) fail(reading, '-- stands in a comment');
  } else if (end !== undefined) takeClose(reading, end);
  else if (open !== undefined) takeOpen(reading, open, pieces, depth);
  else if (cdata !== undefined) takeText(reading, cdata);
  else if (plain !== undefined) {
    if (plain.includes(']]>')) fail(reading, ']]> stands in a text');
    takeText(reading, resolved(reading, plain));
  }
}

function takeText(reading: Reading, text: string): void {
  const inside = reading.stack.at(-1);
  if (inside) inside.children.push(text);
  else if (text.trim() !== '') fail(reading, 'text stands outside of the element');
}

function takeClose(reading: Reading, tag: string): void {
  const one = reading.stack.pop();
  if (one?.tag === tag) finish(reading, one);
  else fail(reading, `</${tag}> closes ${one ? `<${one.tag}>` : 'nothing'}`);
}

function takeOpen(reading: Reading, tag: string, { said = '', empty }: Pieces, depth: number): void {
  if (reading.root !== null) fail(reading, `<${tag}> is a second element`);
  if (reading.stack.length >= depth) fail(reading, `elements are nested deeper than ${depth}`);
  const attributes = attributesOf(reading, said);
  const spaces = { ...(reading.stack.at(-1)?.spaces ?? {}), ...declared(attributes) };
  const [prefix, name] = tag.includes(':') ? (tag.split(':') as [string, string]) : ['', tag];
  const space = spaces[prefix];
  if (prefix !== '' && space === undefined) fail(reading, `<${tag}> is of a namespace that is not declared`);
  const one: Open = { tag, name, space: space ?? '', spaces, attributes, children: [] };
  if (empty === '/') finish(reading, one);
  else reading.stack.push(one);
}

function finish(reading: Reading, { name, space, attributes, children }: Open): void {
  const node: XmlNode = { name, space, attributes, children };
  const parent = reading.stack.at(-1);
  if (parent) parent.children.push(node);
  else reading.root = node;
}

function attributesOf(reading: Reading, said: string): Readonly<Record<string, string>> {
  const all: Record<string, string> = Object.create(null);
  for (const [, name = '', value = ''] of said.matchAll(attribute)) {
    if (name in all) fail(reading, `the attribute ${name} stands twice`);
    all[name] = resolved(reading, value.slice(1, -1));
  }
  return all;
}

/** References to characters as what they name. */
const resolved = (reading: Reading, raw: string): string =>
  raw.replace(/&([^;&]*)(;?)/g, (_, name: string, end: string) => {
    const one = characterOf(name);
    if (end === '' || one === undefined || forbidden.test(one)) return fail(reading, `&${name}${end} is no character`);
    return one;
  });

function characterOf(name: string): string | undefined {
  const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
  if (!number) return five[name];
  const code = Number.parseInt(number[1] ?? number[2] ?? '', number[1] ? 16 : 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

const declared = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      name === 'xmlns' ? [['', value]] : name.startsWith('xmlns:') ? [[name.slice(6), value]] : [],
    ),
  );

export const elementsOf = ({ children }: XmlNode): readonly XmlNode[] =>
  children.filter((one) => typeof one !== 'string');
/** All text in it, that of its elements too. */
export const textOf = ({ children }: XmlNode): string =>
  children.map((one) => (typeof one === 'string' ? one : textOf(one))).join('');
