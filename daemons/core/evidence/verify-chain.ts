/** Links, seals and heads of a bundle: is every envelope in it one that the device signed, and in its place. */
import type { KeyObject } from 'node:crypto';
import { isFault } from '../ports/fault.ts';
import { link, originOf, pack } from '../spool/link.ts';
import type { Envelope } from '../values/envelope.ts';
import { parseEnvelope } from '../wire/envelope.ts';
import type { Bundle, Line, Link, Run } from './bundle.ts';
import { linkHash } from './chain.ts';
import { keyHashOf } from './key-hash.ts';
import { readSeal } from './read-seal.ts';
import { type Seal, sealEventOf, verifySeal } from './seal.ts';

/** What is wrong, and where. `seq` and `stream` are null for what is no envelope. */
export interface Problem {
  readonly line: number;
  readonly spool: string | null;
  readonly stream: string | null;
  readonly seq: number | null;
  readonly what: string;
}

type Linked = Line<Link>;

export const problemAt = ({ line, value: { spool, stream, seq } }: Linked, what: string): Problem => ({
  line,
  spool,
  stream,
  seq,
  what,
});

export interface CheckedChain {
  readonly problems: readonly Problem[];
  /** Seals whose signature holds. */
  readonly seals: readonly Seal[];
}

/** Every run unbroken, linked and under a seal; every seal signed by one of the keys, of which each has its fingerprint. */
export function checkChain({ header, links }: Bundle, keys: readonly KeyObject[]): CheckedChain {
  const problems: Problem[] = [];
  const seals: Seal[] = [];
  const byPrint = new Map(keys.map((key) => [keyHashOf(key), key]));
  for (const one of links) {
    const { device } = one.value;
    if (header && device !== header.value.device)
      problems.push(problemAt(one, `is of device ${device}; the bundle is of ${header.value.device}`));
    const found = sealOf(one, byPrint);
    if (typeof found === 'string') problems.push(problemAt(one, found));
    else if (found) seals.push(found);
  }
  const heads = headsOf(seals);
  let next = 0;
  for (const run of header?.value.runs ?? []) {
    const { members, missing } = take(links, next, run);
    next += members.length;
    problems.push(...checkRun(members, heads.get(`${run.spool}/${run.stream}`), missing === null));
    // Whatever follows stands in the wrong place: there is nothing to hold it against.
    if (missing) return { problems: [...problems, missing], seals };
  }
  const rest = links[next];
  if (rest) problems.push(problemAt(rest, 'stands in no run of the header: it was put in or moved'));
  return { problems, seals };
}

/** The next lines that belong to the run, as long as they follow each other; and the first that should be there and is not. */
function take(links: readonly Linked[], from: number, run: Run): { members: Linked[]; missing: Problem | null } {
  const members: Linked[] = [];
  for (let seq = run.from; seq <= run.to; seq++) {
    const one = links[from + members.length];
    const { spool, stream } = run;
    if (!one || one.value.spool !== spool || one.value.stream !== stream || one.value.seq !== seq) {
      const line = (links[from + members.length - 1]?.line ?? 1) + 1;
      return { members, missing: { line, spool, stream, seq, what: missingHere(one) } };
    }
    members.push(one);
  }
  return { members, missing: null };
}

const missingHere = (one: Linked | undefined): string =>
  one
    ? `is missing: ${one.value.stream} ${one.value.seq} stands in its place`
    : 'is missing: the bundle ends before it';

/** Hashes that seals vouch for: spool/stream -> seq -> hash. */
function headsOf(seals: readonly Seal[]): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const all = new Map<string, Map<number, string>>();
  for (const { spool, heads } of seals)
    for (const [stream, { seq, hash }] of Object.entries(heads)) {
      const key = `${spool}/${stream}`;
      if (!all.has(key)) all.set(key, new Map());
      all.get(key)?.set(seq, hash);
    }
  return all;
}

/**
 * From the end to the front: an envelope is vouched for by a seal, or by the `prev` of a good one behind it. What only a bad
 * one speaks of is not judged: the bad one is named, and it may be its `prev` that was changed.
 */
function checkRun(
  members: readonly Linked[],
  sealed: ReadonlyMap<number, string> | undefined,
  whole: boolean,
): Problem[] {
  const problems: Problem[] = [];
  let vouched: string | undefined;
  let isSure = true;
  for (const one of members.toReversed()) {
    const { seq, prev } = one.value;
    const head = sealed?.get(seq);
    const known = head ?? vouched;
    const is = linkHash(one.text);
    // A seal at the end signs itself, and the place it stands in.
    const good = known === undefined ? isOwnSeal(one, sealed) : known === is;
    if (!good && known === undefined && whole)
      problems.push(problemAt(one, 'is behind every seal in the bundle: nobody signed it'));
    if (!good && known !== undefined && (isSure || head !== undefined))
      problems.push(problemAt(one, `was changed: its hash is ${is}; the signed chain says ${known}`));
    vouched = prev;
    isSure = good;
  }
  return problems;
}

/** A seal as the last of its run: the head that it signs is the envelope before it. */
function isOwnSeal({ text, value }: Linked, sealed: ReadonlyMap<number, string> | undefined): boolean {
  return text.includes('"type":"seal"') && sealed?.get(value.seq - 1) === value.prev;
}

/** The seal in an envelope, null where there is none, or what is wrong with it. */
function sealOf({ text, value }: Linked, keys: ReadonlyMap<string, KeyObject>): Seal | string | null {
  if (value.stream !== 'event' || value.redacted || !text.includes('"type":"seal"')) return null;
  let envelope: Envelope;
  try {
    envelope = parseEnvelope(text);
  } catch (error) {
    if (!isFault(error)) throw error;
    return `is not a whole envelope: ${error.message}`;
  }
  const seal = readSeal(envelope);
  if (!seal) return (envelope.body as { type?: string }).type === 'seal' ? 'is not a whole seal' : null;
  const key = keys.get(seal.key);
  if (!key) return `is sealed with the key ${seal.key}, which is not in the bundle`;
  if (!verifySeal(seal, key)) return 'its signature is not that of the device: the seal or what it says was changed';
  // There is one way only to write this seal in its place: but for the salt, its text follows from what is signed.
  const packed = pack({ stream: 'event', at: seal.at, body: sealEventOf(seal) });
  const [, { text: asMade }] = link(seal.heads.event, packed, originOf(seal.device, seal.spool), envelope.salt);
  return asMade === text ? seal : 'is a seal with something in it that it does not sign, or in another place';
}

/** A published head against the bundle: it must be of the same chain, and the alerts must reach it. */
export function checkHead(text: string, bundle: Bundle, keys: readonly KeyObject[]): Problem | string {
  const seal = headSeal(text);
  if (seal === null) return { line: 0, spool: null, stream: null, seq: null, what: 'the published head is not a seal' };
  const runs = (bundle.header?.value.runs ?? []).filter(({ spool }) => spool === seal.spool);
  if (runs.length === 0) return `the published head is of spool ${seal.spool}, which has no part in this bundle`;
  const key = keys.find((one) => keyHashOf(one) === seal.key);
  if (!key || !verifySeal(seal, key))
    return {
      line: 0,
      spool: seal.spool,
      stream: null,
      seq: null,
      what: 'the published head is not signed by this device',
    };
  for (const one of bundle.links) {
    const { spool, stream, seq } = one.value;
    const head = seal.heads[stream as keyof typeof seal.heads];
    if (spool === seal.spool && head.seq === seq && head.hash !== linkHash(one.text))
      return problemAt(one, 'is another than the one under the published head: the chain was written anew');
  }
  const reach = Math.max(0, ...runs.filter(({ stream }) => stream === 'alert').map(({ to }) => to));
  const { seq } = seal.heads.alert;
  if (seq <= reach) return `the published head (alert ${seq}) is reached`;
  return {
    line: (bundle.links.findLast(({ value }) => value.stream === 'alert')?.line ?? 0) + 1,
    spool: seal.spool,
    stream: 'alert',
    seq: reach + 1,
    what: `is missing: the published head covers alerts up to ${seq}; the tail was cut, or the bundle was made before that`,
  };
}

function headSeal(text: string): Seal | null {
  try {
    return readSeal(parseEnvelope(text));
  } catch (error) {
    if (!isFault(error)) throw error;
    return null;
  }
}
