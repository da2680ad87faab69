/** The file that answers "why": JSON Lines, as README.md in this folder says. Writing and reading, no judgement. */
import { hash } from 'node:crypto';
import * as z from 'zod';
import { streams } from '../values/envelope.ts';
import { withoutBody } from './chain.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const run = z.object({
  spool: z.string(),
  stream: z.enum(streams),
  from: z.int().min(1),
  to: z.int().min(1),
});
const header = z.looseObject({
  bundle: z.literal(1),
  device: z.string(),
  alert: z.string(),
  /** Revisions of the alert that were known: 1 to this. */
  revisions: z.int().min(1),
  madeMs: z.number(),
  /** Where it was taken from: the centre's records, or the box's own spool, which forgets what was delivered. */
  source: z.enum(['records', 'state']),
  windowS: z.number(),
  /** The `line-state` event that a replay starts from; null where none is held. */
  start: z.object({ spool: z.string(), seq: z.int().min(1) }).nullable(),
  /** Unbroken stretches of the chains, in the order of the file. */
  runs: z.array(run),
  /** What could not be put in, in sentences. */
  missing: z.array(z.string()),
});
const attachment = z.object({ attach: z.string(), sha256: hex, text: z.string() });
const ending = z.object({ end: z.object({ lines: z.int(), sums: z.string(), sha256: hex }) });

export type Run = Readonly<z.infer<typeof run>>;
export type Header = Readonly<z.infer<typeof header>>;

/** A text beside the chains: a record in force, a model's card, a disclosure. */
export interface Attachment {
  readonly attach: string;
  readonly sha256: string;
  readonly text: string;
}

export interface Line<T> {
  /** From 1, as an editor counts. */
  readonly line: number;
  readonly text: string;
  readonly value: T;
}

/** What can be read of an envelope whether its body is there or not. */
export interface Link {
  readonly device: string;
  readonly spool: string;
  readonly stream: string;
  readonly seq: number;
  readonly prev: string;
  readonly redacted: boolean;
}

export interface Bundle {
  readonly header: Line<Header> | null;
  readonly links: readonly Line<Link>[];
  readonly attachments: readonly Line<Attachment>[];
  /** Lines that are none of these, and lines that are not what the end says of them. */
  readonly faults: readonly { readonly line: number; readonly what: string }[];
}

export const attach = (kind: string, text: string): Attachment => ({
  attach: kind,
  sha256: hash('sha256', text, 'hex'),
  text,
});

/** Eight digits for a line: they name the one that changed. Deleting a body leaves them as they are. */
const sumOf = (text: string): string => hash('sha256', withoutBody(text), 'hex').slice(0, 8);

/** The last line, from all lines before it. */
export function endLine(lines: readonly string[]): string {
  const sha256 = hash('sha256', lines.map((line) => `${withoutBody(line)}\n`).join(''), 'hex');
  return JSON.stringify({ end: { lines: lines.length, sums: lines.map(sumOf).join(''), sha256 } });
}

/** The text of a bundle. `envelopes` are in the order of the header's runs. */
export function writeBundle(head: Header, envelopes: readonly string[], attachments: readonly Attachment[]): string {
  const lines = [JSON.stringify(head), ...envelopes, ...attachments.map((one) => JSON.stringify(one))];
  return `${[...lines, endLine(lines)].join('\n')}\n`;
}

const link = z.object({
  device: z.string(),
  spool: z.string(),
  stream: z.enum(streams),
  seq: z.int().min(1),
  prev: hex,
});

/** Reads a bundle as far as it can be read. Never throws: what is wrong with a line is a fault of that line. */
export function readBundle(text: string): Bundle {
  const faults: { line: number; what: string }[] = [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  else faults.push({ line: lines.length, what: 'the last line does not end: the file is cut' });
  const last = lines.at(-1) ?? '';
  const end = ending.safeParse(parse(last)).data?.end;
  if (end) lines.pop();
  else
    faults.push({
      line: Math.max(1, lines.length),
      what: 'there is no end line: the file is cut or its end was changed',
    });
  if (end) faults.push(...faultsOfEnd(end, lines, last));

  const found = lines.map((one, i) => ({ line: i + 1, text: one, ...readLine(one, i === 0) }));
  const of = <T>(kind: 'header' | 'link' | 'attachment'): Line<T>[] =>
    found.flatMap((one) => (one.kind === kind ? [{ line: one.line, text: one.text, value: one.value as T }] : []));
  for (const one of found) if (one.kind === 'none') faults.push({ line: one.line, what: one.what });
  return {
    header: of<Header>('header')[0] ?? null,
    links: of<Link>('link'),
    attachments: of<Attachment>('attachment'),
    faults,
  };
}

type Known =
  | { readonly kind: 'header' | 'link' | 'attachment'; readonly value: Header | Link | Attachment }
  | { readonly kind: 'none'; readonly what: string };

function readLine(text: string, isFirst: boolean): Known {
  const json = parse(text);
  const fields = json !== null && typeof json === 'object' ? json : {};
  if (isFirst) {
    const value = header.safeParse(json).data;
    return value ? { kind: 'header', value } : { kind: 'none', what: 'is not the header of a bundle' };
  }
  if ('attach' in fields) {
    const value = attachment.safeParse(json).data;
    return value ? { kind: 'attachment', value } : { kind: 'none', what: 'is not a whole attachment' };
  }
  const value = link.safeParse(json).data;
  return value
    ? { kind: 'link', value: { ...value, redacted: !('salt' in fields) } }
    : { kind: 'none', what: 'is not an envelope: it cannot be read' };
}

function faultsOfEnd(end: z.infer<typeof ending>['end'], lines: readonly string[], last: string) {
  const asMade = endLine(lines);
  if (asMade === last) return [];
  if (asMade.includes(`"sha256":"${end.sha256}"`))
    return [{ line: lines.length + 1, what: 'the end line itself was changed: the lines before it are as they were' }];
  const changed = lines.findIndex((line, i) => sumOf(line) !== end.sums.slice(8 * i, 8 * i + 8));
  const line = changed < 0 ? lines.length + 1 : changed + 1;
  const what =
    end.lines === lines.length
      ? 'is not what the end line says of it: it was changed after the bundle was made'
      : `the end line says ${end.lines} lines before it, and there are ${lines.length}: lines were taken out or put in from here on`;
  return [{ line, what }];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller names the line.
    return null;
  }
}
