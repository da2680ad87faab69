import { hash } from 'node:crypto';
import { noHash } from '../values/envelope.ts';

/** SHA-256 (hex) of an envelope's exact text: what the next envelope of the stream carries as `prev`. */
export const hashText = (text: string): string => hash('sha256', text, 'hex');

/** The first bad link of a chain: the position in the list, its seq where it could be read, and what is wrong. */
export interface BrokenLink {
  readonly index: number;
  readonly seq: number | null;
  readonly reason: string;
}

/**
 * Checks envelopes of one stream of one spool, oldest first: every `seq` follows the one before and every `prev` is the
 * hash of the text before. `before` is the link in front of the first text; without it the chain must begin at seq 1.
 * Gives the first bad link, or null for a whole chain.
 */
export function findBrokenLink(
  texts: readonly string[],
  before: { readonly seq: number; readonly hash: string } = { seq: 0, hash: noHash },
): BrokenLink | null {
  let { seq: lastSeq, hash: lastHash } = before;
  for (const [index, text] of texts.entries()) {
    const link = readLink(text);
    if (link === null) return { index, seq: null, reason: 'not an envelope: seq or prev cannot be read' };
    if (link.seq !== lastSeq + 1)
      return { index, seq: link.seq, reason: `seq is ${link.seq}; after ${lastSeq} it must be ${lastSeq + 1}` };
    if (link.prev !== lastHash)
      return { index, seq: link.seq, reason: `prev is ${link.prev}; the envelope before has the hash ${lastHash}` };
    lastSeq = link.seq;
    lastHash = hashText(text);
  }
  return null;
}

function readLink(text: string): { readonly seq: number; readonly prev: string } | null {
  try {
    const { seq, prev } = JSON.parse(text) as { seq?: unknown; prev?: unknown };
    return typeof seq === 'number' && typeof prev === 'string' ? { seq, prev } : null;
  } catch {
    // Not JSON: that is an answer here, the caller names the link.
    return null;
  }
}
