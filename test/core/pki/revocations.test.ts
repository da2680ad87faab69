import test from 'ava';
import fc from 'fast-check';
import { parseKey } from '../../../daemons/core/pki/facts.ts';
import { makeAuthority, makeKey, makeRevocations } from '../../../daemons/core/pki/issue.ts';
import { isNews, readRevocations } from '../../../daemons/core/pki/revocations.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';

async function authority() {
  const key = parseKey(makeKey(), 'ca.key');
  const validity = { fromMs: Date.now() - 1000, untilMs: Date.now() + 1e6 };
  return { key, certificate: await makeAuthority('north', key, validity) };
}

test('a list is read back with the serials that were put in', async (t) => {
  const ca = await authority();
  const serials = ['40aa0000000000000000000000000001', '7f00ffffffffffffffffffffffffffff'];
  const text = await makeRevocations(ca, serials, Date.now());
  t.deepEqual(readRevocations(text, ca.certificate, 'x'), serials);
  t.deepEqual(readRevocations(await makeRevocations(ca, [], Date.now()), ca.certificate, 'x'), []);
});

test('the list of another authority, an altered one and junk are refused', async (t) => {
  const [ca, foe] = [await authority(), await authority()];
  const foreign = await makeRevocations(foe, [], Date.now());
  t.throws(() => readRevocations(foreign, ca.certificate, 'x'), { instanceOf: Fault, message: /not signed by/ });
  const serial = '40aa0000000000000000000000000001';
  const der = Buffer.from(
    (await makeRevocations(ca, [serial], Date.now())).replace(/-----[^-]+-----|\s/g, ''),
    'base64',
  );
  const at = der.indexOf(Buffer.from(serial, 'hex'));
  t.true(at > 0);
  der[at + 3] = 1;
  const altered = `-----BEGIN X509 CRL-----\n${der.toString('base64')}\n-----END X509 CRL-----\n`;
  t.throws(() => readRevocations(altered, ca.certificate, 'x'), { instanceOf: Fault, message: /not signed by/ });
  for (const junk of ['', 'hello', ca.certificate])
    t.throws(() => readRevocations(junk, ca.certificate, 'the list'), {
      instanceOf: Fault,
      message: /^the list: is no list of denied/,
    });
});

test('a longer list is news; the same is none; one that forgot something is refused', (t) => {
  t.true(isNews(null, [], 'x'));
  t.true(isNews(['a'], ['b', 'a'], 'x'));
  t.false(isNews(['a', 'b'], ['b', 'a'], 'x'));
  t.throws(() => isNews(['a', 'b'], ['a', 'c', 'd'], 'x'), {
    instanceOf: Fault,
    message: /no longer denies 1.*serials b/,
  });
});

test('whatever is cut off or changed in a list, it is refused or read as it was signed', async (t) => {
  const ca = await authority();
  const serials = Array.from({ length: 40 }, (_, i) => `4${`${i}`.padStart(31, '0')}`);
  const text = await makeRevocations(ca, serials, Date.now());
  const der = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const read = (bytes: Buffer): readonly string[] | null => {
    try {
      const pem = `-----BEGIN X509 CRL-----\n${bytes.toString('base64')}\n-----END X509 CRL-----\n`;
      return readRevocations(pem, ca.certificate, 'x');
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return null;
    }
  };
  t.deepEqual(read(der), serials);
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.nat(254), fc.nat(der.length - 1), (at, by, length) => {
      const changed = Buffer.from(der);
      changed[at] = ((changed[at] ?? 0) + 1 + by) & 0xff;
      for (const one of [read(changed), read(der.subarray(0, length))]) t.true(one === null || one.length === 40);
    }),
  );
});
