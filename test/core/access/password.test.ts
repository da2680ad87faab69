import test from 'ava';
import { hashPassword, isPassword, weakness } from '../../../daemons/core/access/password.ts';

test('a password at the usual cost is known again, in whichever way its letters are written, and no other is', async (t) => {
  const kept = await hashPassword('heron walks \u00e9 over slate');
  t.regex(kept, /^scrypt\$17\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  t.true(await isPassword('heron walks e\u0301 over slate', kept));
  t.false(await isPassword('heron walks \u00e9 over slat', kept));
});

test('a hash of another cost stays valid; what is no hash of ours is no password', async (t) => {
  const cheap = await hashPassword('heron walks over slate', 10);
  t.true(await isPassword('heron walks over slate', cheap));
  for (const kept of ['', 'x', 'scrypt$10$8$1$$', cheap.replace('scrypt', 'plain'), `${cheap}$x`])
    t.false(await isPassword('heron walks over slate', kept), kept);
  t.not(await hashPassword('heron walks over slate', 10), cheap, 'salted');
});

for (const [password, why] of [
  ['short one', /9 characters/],
  ['            ', /five different/],
  ['abababababab', /five different/],
  ['op-17 is my name', /name of the account/],
  ['Password123456', /tried first/],
  ['fieldpost-2026', /tried first/],
  ['abcdefghijklmnop', /alphabet/],
  ['poiuytrewqlkjhgf', /keyboard/],
] as const)
  test(`"${password}" is refused with a reason`, (t) => t.regex(weakness(password, 'op-17') ?? '', why));

for (const password of [
  'heron walks over wet slate',
  'тихая река у дома',
  'Q7!vz#0pLm2$',
  'password of the heron on slate',
])
  test(`"${password}" is strong enough`, (t) => t.is(weakness(password, 'op-17'), null));
