import test from 'ava';
import fc from 'fast-check';
import { linkHash, withoutBody } from '../../../daemons/core/evidence/chain.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { type Fate, foldRows, hashIn, interleave, unfold } from '../../../daemons/core/records/folding.ts';
import { link, noTail, originOf, pack, type Tail } from '../../../daemons/core/spool/link.ts';
import { stampAt } from '../../support/alerts.ts';

/** A linked chain of events as a box sends it. */
function chain(messages: readonly string[]): { seq: number; text: string }[] {
  let tail: Tail = noTail;
  return messages.map((message, i) => {
    const at = stampAt(1_790_000_000_000 + i);
    const body = { type: 'test', severity: 'info', at, message, detail: {} } as const;
    const [next, { text }] = link(tail, pack({ stream: 'event', at, body }), originOf('post-7', 'b1c2d3e4'));
    tail = next;
    return { seq: i + 1, text };
  });
}
const fates: readonly Fate[] = ['keep', 'link', 'whole'];

test('whatever is kept, folded or missing, every text comes out as it went in, or as its link', (t) => {
  const rows = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.constantFrom(...fates), fc.boolean()), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(rows, (wanted) => {
      const all = chain(wanted.map(([message]) => message));
      const fate = ({ seq }: { seq: number }): Fate => wanted[seq - 1]?.[1] ?? 'keep';
      const held = all.filter(({ seq }) => !wanted[seq - 1]?.[2]);
      const pages = foldRows(held, fate);
      const left = held.filter(({ seq }) => !pages.some(({ first, last }) => first <= seq && seq <= last));
      t.true(left.every((row) => fate(row) === 'keep'));
      const out = interleave(left, pages, { from: 1, to: 1e9, limit: 1000 });
      t.deepEqual(
        out,
        held.map((row) => (fate(row) === 'link' ? { ...row, text: withoutBody(row.text) } : row)),
      );
      for (const page of pages) t.is(hashIn(page, page.last), linkHash(all[page.last - 1]?.text ?? ''));
    }),
  );
});

test('a link costs a fraction of its row', (t) => {
  const rows = chain(Array.from({ length: 1000 }, (_, i) => `event ${i}`));
  const pages = foldRows(rows, () => 'link');
  t.is(pages.length, 2);
  const bytes = pages.reduce((sum, { links }) => sum + links.length, 0);
  t.true(bytes / rows.length < 80, `${bytes / rows.length} bytes a link`);
});

test('a text that another chain went on from is not bent to fit: the page ends there', (t) => {
  const [one, two, three] = chain(['a', 'b', 'c']) as [
    { seq: number; text: string },
    ...{ seq: number; text: string }[],
  ];
  const broken = { seq: 2, text: (two?.text ?? '').replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${'7'.repeat(64)}"`) };
  const rows = [one, broken, three ?? one];
  const pages = foldRows(rows, () => 'whole');
  t.is(pages.length, 3);
  t.deepEqual(pages.flatMap(unfold), rows);
});

test('lines, and texts that are no links, stay rows', (t) => {
  const rows = chain(['a', 'b']);
  const [one, two] = rows as [{ seq: number; text: string }, { seq: number; text: string }];
  t.deepEqual(
    foldRows(
      [
        { ...one, text: `${one.text}\n` },
        { seq: 2, text: '{}' },
      ],
      () => 'link',
    ),
    [],
  );
  const stub = { ...two, text: withoutBody(two.text) };
  t.deepEqual(foldRows([one, stub], () => 'link').flatMap(unfold), [{ seq: 1, text: withoutBody(one.text) }, stub]);
});

test('a page that is damaged is named, and not read as something else', (t) => {
  const [page] = foldRows(chain(['a', 'b']), () => 'link');
  const fault = (change: object): boolean => {
    try {
      unfold({ ...(page as NonNullable<typeof page>), ...change });
      return false;
    } catch (error) {
      return isFault(error) && error.message.startsWith('page of 1 to');
    }
  };
  t.true(fault({ links: new Uint8Array([1, 2, 3]) }));
  t.true(fault({ last: 3 }));
});
