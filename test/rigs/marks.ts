/** What the rigs write, so that whoever reads it back can tell whether it is whole. */
import { linkHash } from '../../daemons/core/evidence/chain.ts';
import type { Item } from '../../daemons/core/ports/spool.ts';
import { type Envelope, noHash, type Stream } from '../../daemons/core/values/envelope.ts';
import { item, markOf } from '../core/spool/keeping.ts';

export const device = 'post-7';

/** The item of mark `n`: some telemetry is large, so that it fills pages of its own. */
export function marked(stream: Stream, n: number): Item {
  const one = item(stream, n);
  if (one.stream !== 'tele' || n % 5 !== 0) return one;
  return { ...one, body: { ...one.body, data: `mark-${n} ${'x'.repeat((n * 37) % 30_000)}` } };
}

export const keyOf = (stream: Stream, n: number): string => `${stream} ${n}`;

/** One envelope as it was found somewhere. */
export interface Found {
  readonly text: string;
  readonly spool: string;
  readonly stream: Stream;
  readonly seq: number;
  /** `stream n` of an envelope of ours, or null for one that the spool itself made (a seal, a report). */
  readonly mark: string | null;
  readonly intact: boolean;
}

/** Reads an envelope and compares what it says with what was written under its mark. */
export function examine(text: string): Found {
  const { spool, stream, seq, body } = JSON.parse(text) as Envelope;
  const n = markOf(text);
  const ours = Number.isInteger(n);
  return {
    text,
    spool,
    stream,
    seq,
    mark: ours ? keyOf(stream, n) : null,
    intact: !ours || JSON.stringify(body) === JSON.stringify(marked(stream, n).body),
  };
}

export interface Chain {
  readonly seq: number;
  readonly hash: string;
}
export const chainStart: Chain = { seq: 0, hash: noHash };
export const linkOf = ({ seq, text }: Found): Chain => ({ seq, hash: linkHash(text) });
