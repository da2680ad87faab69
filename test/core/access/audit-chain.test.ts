import test from 'ava';
import fc from 'fast-check';
import { follow, linked, unfollowed } from '../../../daemons/core/access/audit-chain.ts';
import type { AuditLine } from '../../../daemons/core/values/audit.ts';
import { sampleEntry } from '../../support/access-contract.ts';

const chain = (n: number): AuditLine[] => {
  const lines: AuditLine[] = [];
  for (let i = 0; i < n; i++) lines.push(linked(lines.at(-1) ?? null, sampleEntry(`line ${i}`)));
  return lines;
};

test('a log is followed in pieces as well as at once', (t) => {
  const lines = chain(9);
  const at = follow(follow(unfollowed, lines.slice(0, 4)), lines.slice(4));
  t.deepEqual(at, follow(unfollowed, lines));
  t.deepEqual([at.bad, at.last?.n], [null, 9]);
});

test('the first line that was changed, taken out, put in or moved is named', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 7 }), fc.constantFrom('change', 'drop', 'insert', 'swap'), (i, how) => {
      const lines = chain(9);
      const line = lines[i] as AuditLine;
      if (how === 'change') lines[i] = { ...line, actor: 'nobody' };
      else if (how === 'drop') lines.splice(i, 1);
      else if (how === 'insert') lines.splice(i, 0, { ...line, about: 'put in' });
      else lines.splice(i, 2, lines[i + 1] as AuditLine, line);
      return follow(unfollowed, lines).bad === i + 1;
    }),
  );
  t.pass();
});

test('lines that were taken off the end show against what was kept of an earlier look', (t) => {
  const [whole, cut] = [follow(unfollowed, chain(9)), follow(unfollowed, chain(9).slice(0, 7))];
  t.is(cut.bad, null);
  t.notDeepEqual(cut.last, whole.last);
});
