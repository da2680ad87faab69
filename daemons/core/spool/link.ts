import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { linkHash } from '../evidence/chain.ts';
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

export interface Row {
  readonly seq: number;
  /** CRC-32 of `text` as it is stored: tells a damaged row from an intact one without its neighbours. */
  readonly sum: number;
  /** Bytes when it is sealed. */
  readonly text: string | Uint8Array;
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
 * The next envelope of a stream. The text is the one that `envelopeText` gives for the same envelope, put together
 * from its parts because this runs for every envelope of the box.
 */
export function link(
  tail: Tail,
  { stream, at, body }: Packed,
  { device, spool }: Origin,
  salt: string = freshSalt(),
): readonly [Tail, Row & { readonly text: string }] {
  const seq = tail.seq + 1;
  const text = `{"v":1,"device":${device},"spool":${spool},"stream":"${stream}","seq":${seq},"at":${at},"prev":"${tail.hash}","salt":"${salt}","body":${body}}`;
  return [
    { seq, hash: linkHash(text) },
    { seq, sum: crc32(text), text },
  ];
}
