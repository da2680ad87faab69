import { randomBytes } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { rowCipher } from '../../../daemons/core/spool/cipher.ts';

const master = randomBytes(32);

test('what was sealed comes back, in its own place and no other', (t) => {
  const cipher = rowCipher(master, 'spool-1');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), (text, place, other) => {
      const sealed = cipher.seal(text, place);
      const valid = Buffer.from(text, 'utf8').toString('utf8');
      return cipher.open(sealed, place) === valid && (other === place || cipher.open(sealed, other) === null);
    }),
  );
  t.pass();
});

test('any changed or missing byte, another spool and another key open nothing', (t) => {
  const cipher = rowCipher(master, 'spool-1');
  const sealed = cipher.seal('{"seq":1}', 'alert/1');
  for (const [i, byte] of sealed.entries())
    t.is(cipher.open(Uint8Array.from(sealed).with(i, byte ^ 1), 'alert/1'), null);
  for (let length = 0; length < sealed.length; length++) t.is(cipher.open(sealed.subarray(0, length), 'alert/1'), null);
  t.is(rowCipher(master, 'spool-2').open(sealed, 'alert/1'), null);
  t.is(rowCipher(randomBytes(32), 'spool-1').open(sealed, 'alert/1'), null);
});

test('the same text is never sealed to the same bytes, and does not show in them', (t) => {
  const cipher = rowCipher(master, 'spool-1');
  const [one, two] = [cipher.seal('ammonia', 'alert/1'), cipher.seal('ammonia', 'alert/1')];
  t.notDeepEqual(one, two);
  t.false(Buffer.from(one).includes('ammonia'));
});

test('a key of another length is a mistake of ours', (t) => {
  t.throws(() => rowCipher(randomBytes(16), 's'), { message: /16 bytes; must be 32/ });
});
