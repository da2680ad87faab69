/** Envelopes whose rows were folded into pages (`records/folding.ts`): a box that sends one once more is told that it came. */
import { hashIn, pageOf } from '../records/folding.ts';
import type { Ask } from './postgres.ts';
import type { StreamKey } from './records.postgres.progress.ts';

interface Key extends StreamKey {
  readonly seq: number;
}

/** Adds those of `asked` that no row holds and a page does. */
export async function knowFolded(
  ask: Ask,
  known: Map<string, { readonly ours: boolean; readonly hash: string }>,
  asked: ReadonlyMap<string, Key>,
): Promise<void> {
  for (const [key, one] of asked) {
    const hash = known.has(key) ? null : await foldedHash(ask, one);
    if (hash !== null) known.set(key, { ours: false, hash });
  }
}

/** The link hash of one, or null where no page holds it. */
async function foldedHash(ask: Ask, { device, spool, stream, seq }: Key): Promise<string | null> {
  const { rows } = await ask({
    name: 'folded-known',
    text: `SELECT first, last, prev, links FROM folded
      WHERE device = $1 AND spool = $2 AND stream = $3 AND last >= $4 AND first <= $4 ORDER BY last LIMIT 1`,
    values: [device, spool, stream, seq],
  });
  return rows.length === 0 ? null : hashIn(pageOf(rows[0]), seq);
}
