/** `fieldpost verify`: everything that a bundle can be held against, offline. Pure. */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { signedBy } from '../pki/facts.ts';
import { type Bundle, readBundle } from './bundle.ts';
import { keyHashOf } from './key-hash.ts';
import type { Seal } from './seal.ts';
import { checkChain, checkHead, type Problem } from './verify-chain.ts';
import { checkContent, checkTexts, elsewhere, readBodies, type Told } from './verify-content.ts';

export interface Trust {
  /** PEM of the authority that certifies devices; absent: whose key it is stays open. */
  readonly ca?: string | undefined;
  /** Texts of `seal` envelopes that the device published. */
  readonly heads?: readonly string[] | undefined;
}

export interface Verdict {
  readonly ok: boolean;
  /** Everything that is wrong, first line first. */
  readonly problems: readonly Problem[];
  /** What a reader must know of a bundle that is whole: what was deleted, who certifies the key. */
  readonly notes: readonly string[];
  readonly bundle: Bundle;
  readonly told: readonly Told[];
}

const identity = z.looseObject({ certificate: z.string().nullable(), publicKey: z.string() });

/**
 * Holds a bundle against itself, then against what is trusted. What is wrong with a line itself is told before what follows
 * from it elsewhere, and whether all is there that should be is asked only of lines that are what they were.
 */
export function verifyBundle(text: string, trust: Trust = {}): Verdict {
  const bundle = readBundle(text);
  const owners = bundle.attachments
    .filter(({ value }) => value.attach === 'identity')
    .map(({ line, value }) => ({ line, ...readIdentity(value.text) }));
  const keys = owners.flatMap(({ key }) => (key ? [key] : []));
  const { told, problems: unreadable } = readBodies(bundle);
  const { problems: broken, seals } = checkChain(bundle, keys);
  const direct = [...faultsOf(bundle), ...checkTexts(bundle)];
  const changed = new Set(direct.map(({ line }) => line));
  // Of one line, what the chain says of it goes first: it knows more.
  const found = [...broken, ...unreadable, ...direct].toSorted(
    (a, b) => Number(changed.has(b.line)) - Number(changed.has(a.line)) || a.line - b.line,
  );
  const notes = redactions(bundle);
  if (found.length > 0) return { ok: false, problems: found, notes, bundle, told };

  const missing: Problem[] = [...checkContent(bundle, told)];
  if (bundle.header && seals.length === 0)
    missing.push(elsewhere(bundle.header.line, 'holds no seal that a key in it signed: nobody vouches for it'));
  for (const head of trust.heads ?? []) {
    const outcome = checkHead(head, bundle, keys);
    if (typeof outcome === 'string') notes.push(outcome);
    else missing.push(outcome);
  }
  for (const owner of owners) {
    const outcome = checkOwner(owner, { device: bundle.header?.value.device ?? '', seals, ca: trust.ca });
    missing.push(...outcome.wrong.map((what) => elsewhere(owner.line, `identity: ${what}`)));
    notes.push(...outcome.notes);
  }
  const problems = missing.toSorted((a, b) => a.line - b.line);
  return { ok: problems.length === 0, problems, notes, bundle, told };
}

const faultsOf = ({ faults, links }: Bundle): Problem[] =>
  faults.map(({ line, what }) => {
    const link = links.find((one) => one.line === line)?.value;
    return { line, spool: link?.spool ?? null, stream: link?.stream ?? null, seq: link?.seq ?? null, what };
  });

interface Owner {
  readonly key: KeyObject | null;
  readonly certificate: X509Certificate | null;
}

function readIdentity(text: string): Owner {
  try {
    const { certificate, publicKey } = identity.parse(JSON.parse(text));
    const key = createPublicKey(publicKey);
    const parsed = certificate === null ? null : new X509Certificate(certificate);
    // A certificate over another key says nothing of this one.
    return { key, certificate: parsed && keyHashOf(parsed.publicKey) === keyHashOf(key) ? parsed : null };
  } catch {
    // Whatever it is, it is no identity: the caller says so.
    return { key: null, certificate: null };
  }
}

interface Owning {
  readonly device: string;
  readonly seals: readonly Seal[];
  readonly ca?: string | undefined;
}

function checkOwner({ key, certificate }: Owner, { device, seals, ca }: Owning): { wrong: string[]; notes: string[] } {
  if (!key) return { wrong: ['is neither a certificate nor a public key'], notes: [] };
  const print = keyHashOf(key).slice(0, 16);
  if (!certificate) {
    const bare = `key ${print}... is certified by nobody`;
    return ca === undefined
      ? { wrong: [], notes: [`${bare}: it shows that one box said all this, not which`] }
      : { wrong: [`${bare}; a certificate of the given authority is asked for`], notes: [] };
  }
  const wrong: string[] = [];
  const notes: string[] = [];
  const name = /(?:^|\n)CN=([^\n]*)/.exec(certificate.subject)?.[1];
  if (name !== device) wrong.push(`the certificate is of "${name}"; the bundle is of "${device}"`);
  if (ca === undefined) notes.push('no authority was given (--ca): whose key it is was not checked');
  else if (signedBy(certificate, ca)) notes.push(`key ${print}... is certified for ${name} by the given authority`);
  else wrong.push('the certificate was not issued by the given authority');
  const late = seals.filter(({ at }) => at.wallMs > certificate.validToDate.getTime()).length;
  if (late > 0)
    notes.push(`the certificate ended on ${certificate.validTo}; ${late} seals are later by the clock of the box`);
  return { wrong, notes };
}

function redactions({ links, header }: Bundle): string[] {
  const start = header?.value.start;
  return ['alert', 'event', 'tele']
    .flatMap((stream) => {
      const of = links.filter(({ value }) => value.stream === stream);
      const gone = of.filter(({ value }) => value.redacted);
      if (gone.length === 0) return [];
      const seqs = gone.map(({ value }) => value.seq);
      return [
        `${stream}: ${gone.length} of ${of.length} without their body (${rangesOf(seqs)}): not of this alert, or deleted`,
      ];
    })
    .concat(start === null ? ['the memory of the line is not in it: it cannot be replayed'] : []);
}

/** 1-4, 7, 9-12. */
function rangesOf(seqs: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const seq of seqs) {
    const last = ranges.at(-1);
    if (last && last[1] + 1 === seq) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  const shown = ranges.slice(0, 8).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  return shown.join(', ') + (ranges.length > 8 ? ', ...' : '');
}
