import { randomBytes } from 'node:crypto';
import { chainText } from '../evidence/chain.ts';
import type { Item } from '../ports/spool.ts';
import { noHash, type Stream } from '../values/envelope.ts';

/** The last envelope of a stream: what the next one is linked to. It outlives the envelope itself. */
export interface Tail {
  readonly seq: number;
  readonly hash: string;
}

export const noTail: Tail = { seq: 0, hash: noHash };

/** An item whose parts are JSON text already: cheap to hand to another thread, and ready to be put into an envelope. */
export interface Packed {
  readonly stream: Stream;
  readonly at: string;
  readonly body: string;
}

/** Whose envelopes they are, as JSON text. */
export interface Origin {
  readonly device: string;
  readonly spool: string;
}

export const pack = ({ stream, at, body }: Item): Packed => ({
  stream,
  at: JSON.stringify(at),
  body: JSON.stringify(body),
});

const saltBytes = 16;
/** Random bytes not yet given: a call for each salt would cost as much as everything else of an envelope. */
let pool = Buffer.alloc(0);
let given = 0;

/** 128 bits, in hexadecimal digits. */
export function freshSalt(): string {
  if (given + saltBytes > pool.length) {
    pool = randomBytes(256 * saltBytes);
    given = 0;
  }
  given += saltBytes;
  return pool.toString('hex', given - saltBytes, given);
}

export const originOf = (device: string, spool: string): Origin => ({
  device: JSON.stringify(device),
  spool: JSON.stringify(spool),
});

/**
 * The next envelope of a stream, and its text. The text is the one that `envelopeText` gives for the same envelope, put
 * together from its parts because this runs for every envelope of the box.
 */
export function link(
  tail: Tail,
  { stream, at, body }: Packed,
  { device, spool }: Origin,
  salt: string = freshSalt(),
): readonly [Tail, { readonly seq: number; readonly text: string }] {
  const seq = tail.seq + 1;
  const head = `{"v":1,"device":${device},"spool":${spool},"stream":"${stream}","seq":${seq},"at":${at},"prev":"${tail.hash}"`;
  const { text, hash } = chainText(head, `"${salt}","body":${body}}`);
  return [
    { seq, hash },
    { seq, text },
  ];
}
