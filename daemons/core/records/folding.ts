/**
 * What a chain keeps of envelopes that nothing asks for any more: a page holds some hundreds of them in a row, without their
 * bodies (see `withoutBody`) and packed. Every text in it comes out again to the byte, so the chain stays verifiable from its
 * first envelope to its last. About 60 bytes a link in place of some 500 of a row. Pure.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import { linkHash, withoutBody } from '../evidence/chain.ts';
import { Fault } from '../ports/fault.ts';
import type { FoldedPage } from '../ports/retention.ts';
import type { Spooled } from '../ports/spool.ts';

/** What becomes of an envelope: left as it is; its link alone; its whole text in the page, which a seal needs to count. */
export type Fate = 'keep' | 'link' | 'whole';

/** Links of a page: reading one of them unpacks all. */
const mostLinks = 500;
/** A page may inflate to this, in bytes: 500 links of 500 bytes, and seals among them. */
const mostBytes = 8_000_000;
/** Texts of a page are parted by lines: one that holds a line end itself is left where it is. */
const lineEnd = '\n';

/** Of two envelopes in a row the second names the hash of the first: it is worked out and not kept. */
const prevField = (hash: string): string => `,"prev":"${hash}"`;
const elided = prevField('');

const prevOf = (text: string): string => /,"prev":"([0-9a-f]{64})"/.exec(text)?.[1] ?? '';

/** Pages of what goes, of rows in order of `seq`. A hole, a broken link and what is kept each end a page. */
export function foldRows(rows: readonly Spooled[], fate: (row: Spooled) => Fate): readonly FoldedPage[] {
  const pages: FoldedPage[] = [];
  let texts: string[] = [];
  let [first, next, prev, hash] = [0, 0, '', ''];
  const close = (): void => {
    if (texts.length > 0)
      pages.push({
        first,
        last: next - 1,
        prev,
        links: deflateRawSync(Buffer.from(texts.join(lineEnd)), { level: 9 }),
      });
    texts = [];
  };
  for (const row of rows) {
    const becomes = row.text.includes(lineEnd) || row.text.includes(elided) ? 'keep' : fate(row);
    const says = prevOf(row.text);
    if (becomes === 'keep' || says === '' || row.seq !== next || says !== hash || texts.length === mostLinks) close();
    if (becomes === 'keep' || says === '') continue;
    if (texts.length === 0) [first, prev] = [row.seq, says];
    const text = becomes === 'link' ? withoutBody(row.text) : row.text;
    texts.push(text.replace(prevField(says), elided));
    next = row.seq + 1;
    hash = linkHash(text);
  }
  close();
  return pages;
}

/** The texts of a page. Errors: Fault `protocol` for one that is not what `foldRows` makes. */
export function unfold({ first, last, prev, links }: FoldedPage): readonly Spooled[] {
  let texts: readonly string[];
  try {
    texts = inflateRawSync(links, { maxOutputLength: mostBytes }).toString().split(lineEnd);
  } catch (error) {
    throw new Fault('protocol', `page of ${first} to ${last}: ${(error as Error).message}; must be deflated`, error);
  }
  if (texts.length !== last - first + 1)
    throw new Fault('protocol', `page of ${first} to ${last}: holds ${texts.length} links`);
  let hash = prev;
  return texts.map((short, i) => {
    const text = short.replace(elided, prevField(hash));
    hash = linkHash(text);
    return { seq: first + i, text };
  });
}

/** Rows and what pages hold, between two numbers, in order, `limit` at the most. */
export function interleave(
  rows: readonly Spooled[],
  pages: readonly FoldedPage[],
  { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
): readonly Spooled[] {
  if (pages.length === 0) return rows;
  const folded = pages.flatMap(unfold).filter(({ seq }) => seq >= from && seq <= to);
  return [...rows, ...folded].sort((one, other) => one.seq - other.seq).slice(0, limit);
}

/** The link hash of one number of a page. */
export const hashIn = (page: FoldedPage, seq: number): string => linkHash(unfold(page)[seq - page.first]?.text ?? '');

const row = z.object({
  first: z.coerce.number(),
  last: z.coerce.number(),
  prev: z.string(),
  links: z.instanceof(Uint8Array),
});
/** A page out of a row of a store. */
export const pageOf = (value: unknown): FoldedPage => row.parse(value);
