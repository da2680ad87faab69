import { hash } from 'node:crypto';
import { noHash } from '../values/envelope.ts';

/** Where the salt begins. No string before it can hold these characters: in JSON its quotes would be escaped. */
const saltAt = ',"salt":"';

/**
 * An envelope's text with a commitment in the place of its salt and body: what remains when the body is deleted. The
 * commitment is the SHA-256 (hex) of everything from the salt on, so that without the salt a body cannot be guessed from
 * it. A text whose body is gone already stays as it is.
 */
export function withoutBody(text: string): string {
  const at = text.indexOf(saltAt);
  return at < 0 ? text : `${text.slice(0, at)},"commit":"${hash('sha256', text.slice(at), 'hex')}"}`;
}

/** Whether an envelope's body is still there. */
export const hasBody = (text: string): boolean => text.includes(saltAt);

/**
 * What the next envelope of the stream carries as `prev`: the SHA-256 (hex) of the text without its body. It is the same
 * before and after the body was deleted, so a chain with deleted bodies stays verifiable.
 */
export const linkHash = (text: string): string => hash('sha256', withoutBody(text), 'hex');

/** An envelope's text from what stands before its salt and what follows, with its link hash: `linkHash(text)`, sooner. */
export function chainText(head: string, saltAndBody: string): { readonly text: string; readonly hash: string } {
  const rest = saltAt.slice(0, -1) + saltAndBody;
  const bare = `${head},"commit":"${hash('sha256', rest, 'hex')}"}`;
  return { text: head + rest, hash: hash('sha256', bare, 'hex') };
}

/** The first bad link of a chain: the position in the list, its seq where it could be read, and what is wrong. */
export interface BrokenLink {
  readonly index: number;
  readonly seq: number | null;
  readonly reason: string;
}

/**
 * Checks envelopes of one stream of one spool, oldest first: every `seq` follows the one before and every `prev` is the
 * link hash of the text before. `before` is the link in front of the first text; without it the chain must begin at seq 1.
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
    lastHash = linkHash(text);
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
