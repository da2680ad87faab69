/** What a medium does to a file, for tests and rigs: a spool as a power cut leaves it, and ways to spoil it. */
import { appendFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { openSpoolFile, type SpoolFile } from '../../../daemons/core/adapters/spool.sqlite.file.ts';
import { pack } from '../../../daemons/core/spool/link.ts';
import { type Stream, streams } from '../../../daemons/core/values/envelope.ts';
import { item } from './keeping.ts';

export const damageKinds = [
  'truncate',
  'flip',
  'garbage-at-end',
  'garbage-inside',
  'zero-tail',
  'zero-head',
  'zero-page',
  'replace',
  'empty',
  'remove',
] as const;

export interface Damage {
  /** The file itself, or its write-ahead log. */
  readonly end: '' | '-wal';
  readonly kind: (typeof damageKinds)[number];
  /** Where, as a share of the file. */
  readonly at: number;
  readonly bit: number;
}

export const anyDamage: fc.Arbitrary<Damage> = fc.record({
  end: fc.constantFrom('' as const, '-wal' as const),
  kind: fc.constantFrom(...damageKinds),
  at: fc.double({ min: 0, max: 0.9999, noNaN: true }),
  bit: fc.integer({ min: 0, max: 7 }),
});

const pageBytes = 4096;

/** Does it to the spool at `file`. */
export function spoil(file: string, { end, kind, at, bit }: Damage): void {
  const target = `${file}${end}`;
  const bytes = readFileSync(target);
  const place = Math.floor(at * bytes.length);
  const noise = Buffer.alloc(700, 0xa7);
  if (kind === 'truncate') truncateSync(target, place);
  else if (kind === 'garbage-at-end') appendFileSync(target, noise);
  else if (kind === 'replace') writeFileSync(target, noise);
  else if (kind === 'empty') truncateSync(target, 0);
  else if (kind === 'remove') rmSync(target);
  else {
    if (kind === 'flip') bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
    else if (kind === 'garbage-inside') noise.copy(bytes, place);
    else if (kind === 'zero-tail') bytes.fill(0, Math.max(0, bytes.length - pageBytes));
    else if (kind === 'zero-head') bytes.fill(0, 0, pageBytes);
    else bytes.fill(0, place - (place % pageBytes), place - (place % pageBytes) + pageBytes);
    writeFileSync(target, bytes);
  }
}

export interface Left {
  readonly id: string;
  /** Every text that was ever written, by `stream/seq`. */
  readonly written: ReadonlyMap<string, string>;
  /** Of these: what was settled. */
  readonly settled: ReadonlySet<string>;
}

export const keyOf = (stream: Stream, seq: number): string => `${stream}/${seq}`;

export const textsOf = (file: SpoolFile): Map<string, string> =>
  new Map(streams.flatMap((stream) => file.peek(stream, 0, 1e6).map(({ seq, text }) => [keyOf(stream, seq), text])));

/**
 * Writes `gas.db` into the folder as a power cut or a kill would leave it: 240 envelopes, half of them in the log, alerts
 * up to `settled` settled but for number 2. Some are larger than a page.
 */
export function leaveSpool(folder: string, settled: number): Left {
  const made = openSpoolFile(path.join(folder, 'made.db'), 'writer');
  for (let n = 0; n < 240; n += 6) {
    const items = [0, 1, 2, 3, 4, 5].map((i) => {
      const one = item(streams[i % 3] ?? 'event', n + i);
      if (one.stream !== 'tele' || n % 5 !== 0) return one;
      return { ...one, body: { ...one.body, data: `mark-${n} ${'x'.repeat(9000)}` } };
    });
    made.append('post-7', items.map(pack), [['alert', `{"n":${n}}`]]);
    if (n === 120) made.checkpoint();
  }
  const written = textsOf(made);
  if (settled > 0) made.settle('alert', settled, [2]);
  for (const end of ['', '-wal', '-shm']) cpSync(path.join(folder, `made.db${end}`), path.join(folder, `gas.db${end}`));
  const kept = new Set(textsOf(made).keys());
  const { id } = made;
  made.close();
  return { id, written, settled: new Set([...written.keys()].filter((key) => !kept.has(key))) };
}
