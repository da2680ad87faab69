import test from 'ava';
import fc from 'fast-check';
import { judge, type Plea } from '../../daemons/enrol/judge.ts';

const day = 86_400_000;
const nowMs = Date.UTC(2027, 5, 1);
const terms = { graceMs: 365 * day, nowMs };
const lapsed = (days: number): Plea => ({
  shown: {
    name: 'post-1',
    issuer: 'Fieldpost authority of north',
    serial: '4f3e2d1c0b0a4f3e',
    fromMs: nowMs - (398 + days) * day,
    untilMs: nowMs - days * day,
    keyHash: '0'.repeat(64),
    hosts: [],
    client: true,
    server: false,
  },
  ours: true,
  proved: true,
  asks: 'post-1',
  denied: false,
  approvedUntilMs: null,
});

test('a certificate that lapsed less than the grace is renewed, and one still valid too', (t) => {
  for (const days of [-10, 0, 364]) t.is(judge(lapsed(days), terms).say, 'issue');
});

test('beyond the grace a person must approve, and the approval ends', (t) => {
  const verdict = judge(lapsed(400), terms);
  t.is(verdict.say, 'waits');
  t.regex(
    'reason' in verdict ? verdict.reason : '',
    /expired on 2026-04-27, 400 days ago.*fieldpost pki approve post-1/,
  );
  t.is(judge({ ...lapsed(400), approvedUntilMs: nowMs + day }, terms).say, 'issue');
  t.is(judge({ ...lapsed(400), approvedUntilMs: nowMs - day }, terms).say, 'waits');
});

const wrong: readonly (readonly [string, Partial<Plea>, RegExp])[] = [
  ['foreign', { ours: false }, /not issued by this site/],
  ['not proved', { proved: false }, /not signed by its key/],
  ['for another name', { asks: 'post-2' }, /a renewal keeps the name/],
  ['denied', { denied: true }, /deny list/],
  ["a server's", { shown: { ...lapsed(1).shown, client: false, server: true } }, /not for a device/],
  ['of tomorrow', { shown: { ...lapsed(1).shown, fromMs: nowMs + day, untilMs: nowMs + 9 * day } }, /two clocks/],
];

for (const [title, news, words] of wrong)
  test(`a petition is refused when it is ${title}, whatever anybody approved`, (t) => {
    const verdict = judge({ ...lapsed(1), approvedUntilMs: nowMs + day, ...news }, terms);
    t.is(verdict.say, 'refused');
    t.regex('reason' in verdict ? verdict.reason : '', words);
  });

test('nothing is ever issued that is foreign, not proved, denied or for another name', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1000, max: 1000 }),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      (days, ours, proved, denied, same) => {
        const plea = {
          ...lapsed(days),
          ours,
          proved,
          denied,
          asks: same ? 'post-1' : 'post-2',
          approvedUntilMs: nowMs + day,
        };
        if (judge(plea, terms).say === 'issue') t.true(ours && proved && !denied && same);
        else t.pass();
      },
    ),
  );
});
