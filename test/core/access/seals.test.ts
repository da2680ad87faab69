import { createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { isSealed, keyIdOf, sealsWith, unsealed } from '../../../daemons/core/access/seals.ts';
import { readSealKeys, rotateSealKey, sealKeysIn } from '../../../daemons/core/adapters/seals.files.ts';
import { freshFolder } from '../spool/keeping.ts';

const [key, other] = [randomBytes(32), randomBytes(32)];
const seals = sealsWith(() => [key]);

test('what is sealed opens for whom it was sealed and for nobody else, and two seals of one secret are not alike', (t) => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (plain, of, another) => {
      const sealed = seals.seal(plain, of);
      t.is(seals.open(sealed, of), plain);
      t.not(seals.seal(plain, of), sealed);
      if (another !== of) t.throws(() => seals.open(sealed, another), { message: /changed, or is of somebody else/ });
    }),
  );
});

test('it is AES-256-GCM with a nonce of its own, as the standard has it', (t) => {
  const [head, id, text] = seals.seal('JBSWY3DPEHPK3PXP', 'person op-1').split('.');
  const bytes = Buffer.from(text ?? '', 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAAD(Buffer.from(`fieldpost ${head}\0${id}\0person op-1`));
  decipher.setAuthTag(bytes.subarray(-16));
  t.is(decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8'), 'JBSWY3DPEHPK3PXP');
});

test('a bit that was changed anywhere, a text cut off and another key are each refused', (t) => {
  const sealed = seals.seal('JBSWY3DPEHPK3PXP', 'person op-1');
  const start = sealed.lastIndexOf('.') + 1;
  const bytes = Buffer.from(sealed.slice(start), 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    t.throws(() => seals.open(sealed.slice(0, start) + changed.toString('base64url'), 'person op-1'));
  }
  for (let end = 8; end < sealed.length; end++) t.throws(() => seals.open(sealed.slice(0, end), 'person op-1'));
  t.throws(() => sealsWith(() => [other]).open(sealed, 'person op-1'), {
    message: `it is sealed with key ${keyIdOf(key)}, which is not in the file of keys`,
  });
});

test('what was kept before there were seals is read, and where there is no key nothing is sealed by mistake', (t) => {
  t.is(seals.open('JBSWY3DPEHPK3PXP', 'person op-1'), 'JBSWY3DPEHPK3PXP');
  t.false(seals.isCurrent('JBSWY3DPEHPK3PXP'));
  t.throws(() => sealsWith(() => []).seal('x', 'y'), { message: /no key/ });
  t.false(isSealed(unsealed.seal('x', 'y')));
  t.throws(() => unsealed.open(seals.seal('x', 'y'), 'y'), { message: /not in the file of keys/ });
});

test('the file of keys is made once, of mode 0600, and refused where others may read it or it is none', async (t) => {
  const file = path.join(freshFolder(t), 'totp.key');
  const keys = sealKeysIn(file);
  t.false(keys.isThere());
  t.throws(() => keys.seals.seal('x', 'y'), { message: /totp\.key: is not there/ });
  await keys.make();
  t.is(statSync(file).mode & 0o777, 0o600);
  const text = readFileSync(file, 'utf8');
  await t.throwsAsync(keys.make(), { message: /never overwritten/ });
  t.is(readFileSync(file, 'utf8'), text);
  t.is(keys.seals.open(keys.seals.seal('x', 'y'), 'y'), 'x');
  chmodSync(file, 0o644);
  t.throws(() => keys.isThere(), { message: /must be 0600/ });
  chmodSync(file, 0o600);
  for (const wrong of ['', '{}', '{"keys":[]}', '{"keys":["AAAA"]}', text.slice(0, -3)]) {
    writeFileSync(file, wrong);
    const error = t.throws(() => keys.isThere());
    t.false(error?.message.includes('AAAA'), 'what is in the file is not told');
  }
});

test('a new key: stopped in the midst everything still opens, given again it ends with the new key alone', async (t) => {
  const file = path.join(freshFolder(t), 'totp.key');
  const keys = sealKeysIn(file);
  await t.throwsAsync(
    rotateSealKey(file, async () => {}),
    { message: /a console makes it/ },
  );
  await keys.make();
  const before = keys.seals.seal('x', 'y');
  await t.throwsAsync(
    rotateSealKey(file, async () => {
      throw new Error('the power went');
    }),
  );
  t.is(keys.seals.open(before, 'y'), 'x');
  t.false(keys.seals.isCurrent(before));
  let after = '';
  await rotateSealKey(file, async () => {
    after = keys.seals.seal(keys.seals.open(before, 'y'), 'y');
  });
  t.is(keys.seals.open(after, 'y'), 'x');
  t.is(readSealKeys(file)?.length, 1);
  t.throws(() => keys.seals.open(before, 'y'), { message: /not in the file of keys/ });
  t.throws(() => statSync(`${file}.last-good`), undefined, 'no copy of the old key stays');
});
