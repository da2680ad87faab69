import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { keyHashOf } from '../../../daemons/core/evidence/key-hash.ts';
import { factsOf, parseCertificate, parseKey, signedBy } from '../../../daemons/core/pki/facts.ts';
import {
  issue,
  makeAuthority,
  makeKey,
  makeRequest,
  makeRevocations,
  readRequest,
} from '../../../daemons/core/pki/issue.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { needs } from '../../support/needs.ts';
import { freshFolder } from '../spool/keeping.ts';

const openssl = needs('openssl', 'certificates read by OpenSSL') ? test : test.skip;
const validity = { fromMs: Date.now() - 86_400_000, untilMs: Date.now() + 86_400_000 };

async function authority(site = 'north') {
  const key = parseKey(makeKey(), 'ca.key');
  return { key, certificate: await makeAuthority(site, key, validity) };
}

test("a device's certificate says who it is, what for, and who signed it", async (t) => {
  const ca = await authority();
  const key = parseKey(makeKey(), 'key');
  const pem = await issue(ca, { name: 'post-1', key: createPublicKey(key) }, validity);
  const facts = factsOf(pem, 'x');
  t.is(facts.name, 'post-1');
  t.is(facts.issuer, 'Fieldpost authority of north');
  t.is(facts.keyHash, keyHashOf(key));
  t.deepEqual([facts.client, facts.server, facts.hosts], [true, false, []]);
  t.true(signedBy(parseCertificate(pem, 'x'), ca.certificate));
  t.false(signedBy(parseCertificate(pem, 'x'), (await authority()).certificate));
});

test("a server's certificate carries every name it may go by", async (t) => {
  const key = parseKey(makeKey(), 'key');
  const hosts = ['hub.example', '10.0.0.5', '::1'];
  const pem = await issue(await authority(), { name: 'hub.example', key, hosts }, validity);
  t.deepEqual([factsOf(pem, 'x').client, factsOf(pem, 'x').server], [false, true]);
  const found = new X509Certificate(pem);
  t.truthy(found.checkHost('hub.example'));
  t.truthy(found.checkIP('10.0.0.5'));
  t.truthy(found.checkIP('::1'));
});

test('no certificate outlives the authority that signed it', async (t) => {
  const ca = await authority();
  const pem = await issue(ca, { name: 'post-1', key: parseKey(makeKey(), 'k') }, { ...validity, untilMs: 4e12 });
  t.is(factsOf(pem, 'x').untilMs, factsOf(ca.certificate, 'ca').untilMs);
});

test('a request comes back with its name and key; an altered one is refused', async (t) => {
  const key = parseKey(makeKey(), 'key');
  const pem = await makeRequest('post-1', key);
  const request = await readRequest(pem);
  t.is(request.name, 'post-1');
  t.is(keyHashOf(request.key), keyHashOf(key));
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const at = der.indexOf('post-1');
  der[at + 5] = '2'.charCodeAt(0);
  const altered = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  const error = await t.throwsAsync(readRequest(altered), { instanceOf: Fault });
  t.regex(error?.message ?? '', /not signed by the key in it/);
});

test('what is no request, and a name that no topic can carry, are refused', async (t) => {
  await t.throwsAsync(readRequest('hello'), { instanceOf: Fault, message: /BEGIN CERTIFICATE REQUEST/ });
  const odd = await makeRequest('post/#', parseKey(makeKey(), 'key'));
  await t.throwsAsync(readRequest(odd), { instanceOf: Fault, message: /small letters, digits and hyphens/ });
});

test('a key that is not P-256 is refused, and its text is never repeated', (t) => {
  const error = t.throws(() => parseKey('-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----', 'a.key'), {
    instanceOf: Fault,
  });
  t.regex(error?.message ?? '', /^a\.key: holds no private key/);
  t.notRegex(error?.message ?? '', /c2VjcmV0/);
});

openssl('OpenSSL verifies a device as a client and not as a server, and knows the revoked one', async (t) => {
  const folder = freshFolder(t);
  const file = (name: string): string => path.join(folder, name);
  const ca = await authority();
  const good = await issue(ca, { name: 'post-1', key: parseKey(makeKey(), 'k') }, validity);
  const denied = await issue(ca, { name: 'post-2', key: parseKey(makeKey(), 'k') }, validity);
  const serial = factsOf(denied, 'x').serial;
  writeFileSync(file('ca.crt'), ca.certificate);
  writeFileSync(file('good.crt'), good);
  writeFileSync(file('denied.crt'), denied);
  writeFileSync(file('crl.pem'), await makeRevocations(ca, [serial], Date.now()));
  const verify = (...args: string[]): string => {
    const { stdout, stderr } = spawnSync('openssl', ['verify', '-CAfile', file('ca.crt'), ...args], {
      encoding: 'utf8',
    });
    return stdout + stderr;
  };
  const crl = ['-crl_check', '-CRLfile', file('crl.pem')];
  t.regex(verify('-x509_strict', '-purpose', 'sslclient', ...crl, file('good.crt')), /OK/);
  t.regex(
    verify('-purpose', 'sslserver', file('good.crt')),
    /unsuitable certificate purpose|unsupported certificate purpose/,
  );
  t.regex(verify(...crl, file('denied.crt')), /certificate revoked/);
  t.regex(
    execFileSync('openssl', ['x509', '-in', file('good.crt'), '-noout', '-text'], { encoding: 'utf8' }),
    /prime256v1/,
  );
});
