/** Finding one's way in a chain of an archive: by moment, forwards and backwards. */
import { compareStamps } from '../../core/clock/compare.ts';
import { hasBody } from '../../core/evidence/chain.ts';
import { readSeal } from '../../core/evidence/read-seal.ts';
import type { Seal } from '../../core/evidence/seal.ts';
import type { Archive, Chain } from '../../core/ports/archive.ts';
import type { BoxEvent, Envelope } from '../../core/values/envelope.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import { parseEnvelope } from '../../core/wire/envelope.ts';

const step = 200;

/** An envelope of an archive: its text, and its value; null where its body was deleted. */
export interface Entry {
  readonly seq: number;
  readonly text: string;
  readonly envelope: Envelope | null;
}

const entryOf = ({ seq, text }: { seq: number; text: string }): Entry => ({
  seq,
  text,
  envelope: hasBody(text) ? parseEnvelope(text) : null,
});

/** Everything from `from` to `to`, in order. */
export async function* forwards(archive: Archive, chain: Chain, from: number, to: number): AsyncGenerator<Entry> {
  for (let next = Math.max(1, from); next <= to; ) {
    const some = await archive.read(chain, next, Math.min(to, next + step - 1));
    for (const one of some) yield entryOf(one);
    next += step;
  }
}

/** Everything from `from` down to `to`. */
export async function* backwards(archive: Archive, chain: Chain, from: number, to: number): AsyncGenerator<Entry> {
  for (let last = from; last >= to; last -= step) {
    const some = await archive.read(chain, Math.max(to, last - step + 1), last);
    for (const one of some.toReversed()) yield entryOf(one);
  }
}

/** The first that `wanted` gives something for. */
export async function first<T>(entries: AsyncIterable<Entry>, wanted: (entry: Entry) => T | null): Promise<T | null> {
  for await (const entry of entries) {
    const found = wanted(entry);
    if (found !== null) return found;
  }
  return null;
}

export const eventOf = ({ envelope }: Entry): BoxEvent | null =>
  envelope?.stream === 'event' ? (envelope.body as BoxEvent) : null;

export interface SealEntry extends Entry {
  readonly seal: Seal;
}

export function sealIn(entry: Entry): SealEntry | null {
  const seal = entry.envelope ? readSeal(entry.envelope) : null;
  return seal && { ...entry, seal };
}

/** The seq of the first envelope at or after `at`, or one past the last. Boots whose clocks were wrong may mislead it. */
export async function locate(
  archive: Archive,
  chain: Chain,
  at: Stamp,
  { first: low, last: high }: { readonly first: number; readonly last: number },
): Promise<number> {
  let [from, to] = [low, high + 1];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const [one] = await archive.read(chain, middle, Math.min(high, middle + step));
    const stamp = one && (JSON.parse(one.text) as { at: Stamp }).at;
    if (!stamp || compareStamps(stamp, at) >= 0) to = middle;
    else from = middle + 1;
  }
  return from;
}
