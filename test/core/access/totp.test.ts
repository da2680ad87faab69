import test from 'ava';
import { newTotpSecret, totpAt, totpStep, totpUri } from '../../../daemons/core/access/totp.ts';

/** RFC 6238, appendix B: the secret "12345678901234567890" in base32; the last six of its eight digits. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

for (const [s, code] of [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_234_567_890, '005924'],
  [20_000_000_000, '353130'],
] as const)
  test(`the code of RFC 6238 at ${s} s is right, and its step is told`, (t) => {
    t.is(totpAt(secret, s * 1000), code);
    t.is(totpStep(secret, code, s * 1000, 0), Math.floor(s / 30));
  });

test('a step either way passes, two do not; a used step and all before it are over', (t) => {
  const now = 1_234_567_890_000;
  const step = Math.floor(now / 30_000);
  for (const [off, passes] of [
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ] as const)
    t.is(totpStep(secret, totpAt(secret, now + off * 30_000), now, 0), passes ? step + off : null, `${off}`);
  t.is(totpStep(secret, totpAt(secret, now), now, step), null);
  t.is(totpStep(secret, totpAt(secret, now - 30_000), now, step), null);
  t.is(totpStep(secret, totpAt(secret, now + 30_000), now, step), step + 1);
});

test('spaces are as people write them; letters, and more or fewer digits, are no code', (t) => {
  const now = 59_000;
  t.is(totpStep(secret, ' 287 082 ', now, 0), 1);
  for (const code of ['28708', '2870820', '28708a', '', '٢٨٧٠٨٢']) t.is(totpStep(secret, code, now, 0), null, code);
});

test('a secret is 160 bits, and an app reads where it is from', (t) => {
  t.regex(newTotpSecret(), /^[A-Z2-7]{32}$/);
  t.regex(totpUri(secret, 'op-17'), /^otpauth:\/\/totp\/Fieldpost:op-17\?.*issuer=Fieldpost.*secret=GEZ/);
});
