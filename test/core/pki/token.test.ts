import test from 'ava';
import fc from 'fast-check';
import { claimKeyOf, claimProof, formatToken, parseToken, type Token } from '../../../daemons/core/pki/token.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';

const token: Token = {
  device: 'post-7',
  site: 'north',
  enrol: ['https://centre.example:8443'],
  ca: 'ab'.repeat(32),
  id: 'AbCdEfGhIj_',
  secret: 'AbCdEfGhIjKlMnOpQrStU-',
  at: 1_790_000_000,
  until: 1_790_172_800,
};

test('a token comes back as it was made, also when a terminal or a person broke its line', (t) => {
  const text = formatToken(token);
  t.deepEqual(parseToken(text), token);
  t.deepEqual(parseToken(` ${text.slice(0, 70)}\n  ${text.slice(70)}\n`), token);
  t.regex(text, /^fp1\.[A-Za-z0-9_-]+\.[0-9a-f]{6}$/);
});

test('whatever is done to its text, it is the same token or refused by name, and the secret is never repeated', (t) => {
  const text = formatToken(token);
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(...'aZ0._- \n'), fc.boolean(), (at, letter, drops) => {
      const changed = text.slice(0, at) + (drops ? '' : letter) + text.slice(at + 1);
      try {
        t.deepEqual(parseToken(changed), token);
        t.is(changed.replace(/\s/g, ''), text);
      } catch (error) {
        t.true(error instanceof Fault);
        t.regex((error as Error).message, /^token: /);
        t.false((error as Error).message.includes(text.slice(4, 40)));
      }
    }),
  );
});

test('any text at all is a token or a named mistake', (t) => {
  fc.assert(
    fc.property(fc.string({ maxLength: 4000 }), (text) => {
      t.throws(() => parseToken(text), { instanceOf: Fault, message: /^token: must be fp1/ });
    }),
  );
  const body = Buffer.from(JSON.stringify({ ...token, enrol: ['http://centre'] })).toString('base64url');
  t.throws(() => parseToken(`fp1.${body}.000000`), { message: /letters are wrong or missing/ });
});

test('a proof is of one token and one request', (t) => {
  const key = claimKeyOf(token.secret);
  const proofs = [
    claimProof(key, token.id, 'a'),
    claimProof(key, token.id, 'b'),
    claimProof(key, 'AbCdEfGhIj-', 'a'),
    claimProof(claimKeyOf('AbCdEfGhIjKlMnOpQrStU_'), token.id, 'a'),
  ];
  t.is(new Set(proofs).size, 4);
  t.false(key.includes(token.secret));
});
