import test from 'ava';
import fc from 'fast-check';
import { findBrokenLink, linkHash, withoutBody } from '../../../daemons/core/evidence/chain.ts';
import { envelopeText } from '../../../daemons/core/ports/spool.ts';
import { link, noTail, originOf, pack, type Tail } from '../../../daemons/core/spool/link.ts';
import type { Envelope } from '../../../daemons/core/values/envelope.ts';
import { item } from './keeping.ts';

const chain = (length: number): string[] => {
  let tail: Tail = noTail;
  return Array.from({ length }, (_, n) => {
    const [next, row] = link(tail, pack(item('event', n)), originOf('post-7', 'spool-1'));
    tail = next;
    return row.text;
  });
};

test('the text put together from parts is the text of the envelope as a whole', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.nat(), (message, extra, seq) => {
      const at = item('event', 1).at;
      const body = { type: 'x', severity: 'info' as const, at, message, detail: { extra } };
      const tail = { seq, hash: 'ab'.repeat(32) };
      const envelope: Envelope<'event'> = {
        v: 1,
        device: 'post-7',
        spool: 's"1',
        stream: 'event',
        seq: seq + 1,
        at,
        prev: tail.hash,
        salt: 'cd'.repeat(16),
        body,
      };
      const [, row] = link(tail, pack({ stream: 'event', at, body }), originOf('post-7', 's"1'), 'cd'.repeat(16));
      return row.text === envelopeText(envelope);
    }),
  );
  t.pass();
});

test('a chain as it was written has no broken link', (t) => {
  t.is(findBrokenLink(chain(20)), null);
  t.is(findBrokenLink([]), null);
});

test('a deleted body leaves the chain whole, and says nothing of what it was', (t) => {
  const whole = chain(6);
  const bare = withoutBody(whole[2] ?? '');
  t.false(bare.includes('mark-2'));
  t.is(bare, withoutBody(bare));
  t.is(linkHash(bare), linkHash(whole[2] ?? ''));
  t.is(findBrokenLink(whole.with(2, bare)), null);
  t.is(findBrokenLink(whole.map(withoutBody)), null);
  t.is(findBrokenLink(whole.with(2, bare.replace('"seq":3', '"seq":4')))?.index, 2);
});

test('two envelopes that say the same have different commitments', (t) => {
  const [first, second] = [0, 1].map(() => link(noTail, pack(item('event', 1)), originOf('post-7', 'spool-1'))[1].text);
  t.not(linkHash(first ?? ''), linkHash(second ?? ''));
});

test('a changed, dropped or swapped envelope is named by its place', (t) => {
  const whole = chain(10);
  const changed = whole.with(4, (whole[4] ?? '').replace('mark-4', 'mark-5'));
  t.is(findBrokenLink(changed)?.index, 5);
  t.like(findBrokenLink(whole.toSpliced(3, 1)), { index: 3, seq: 5 });
  const [third, fourth] = [whole[2] ?? '', whole[3] ?? ''];
  t.is(findBrokenLink(whole.with(2, fourth).with(3, third))?.index, 2);
  t.is(findBrokenLink(whole.with(6, '{'))?.seq, null);
});
