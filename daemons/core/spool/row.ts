/** What one row of a spool stores, and the sum that tells whether it is whole. */
import { crc32 } from 'node:zlib';
import type { RowCipher } from './cipher.ts';

/** Text when it is plain, bytes when it is sealed. */
export type Stored = string | Uint8Array;

/** As it was read from the medium: `stored` may be anything. `pos`: bytes ever appended to the stream, through this row. */
export interface Sum {
  readonly sum: unknown;
  readonly pos: number;
  readonly stored: unknown;
}

/** CRC-32 of what is stored and of its place in the running sum. */
export const sumOf = (stored: Stored, pos: number): number => crc32(stored, pos >>> 0);

export const bytesOf = (stored: Stored): number =>
  typeof stored === 'string' ? Buffer.byteLength(stored) : stored.byteLength;

/** What is stored when its sum holds; null when it is damaged. */
export const intact = ({ stored, sum, pos }: Sum): Stored | null =>
  (typeof stored === 'string' || stored instanceof Uint8Array) && sumOf(stored, pos) === sum ? stored : null;

export const isIntact = (row: Sum): boolean => intact(row) !== null;

/** The text of what is stored; null when it is damaged, or sealed with a key that is not ours. */
export function intactText(cipher: RowCipher | null, row: Sum, place: string): string | null {
  const stored = intact(row);
  return typeof stored === 'string' || stored === null ? stored : (cipher?.open(stored, place) ?? null);
}
