import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openAuthority } from '../../../daemons/core/adapters/authority.files.ts';
import { identityIn } from '../../../daemons/core/adapters/identity.files.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import * as centre from '../../../daemons/tools/pki/authority.ts';
import * as box from '../../../daemons/tools/pki/box.ts';
import { freshFolder } from '../../core/spool/keeping.ts';

async function lay(t: ExecutionContext) {
  const folder = freshFolder(t);
  const authority = path.join(folder, 'ca');
  const said = await centre.init(authority, 'north', 7300);
  return { folder, authority, said, state: path.join(folder, 'box'), answer: path.join(folder, 'stick', 'device.crt') };
}
const csrOf = (state: string): string => path.join(state, 'identity', 'device.csr');
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

test("an authority's key is for its owner only, and is never overwritten", async (t) => {
  const { authority } = await lay(t);
  const key = readFileSync(path.join(authority, 'ca.key'), 'utf8');
  t.is(modeOf(path.join(authority, 'ca.key')), '600');
  const error = await t.throwsAsync(centre.init(authority, 'south', 10), { instanceOf: Fault });
  t.regex(error?.message ?? '', /ca\.key: is there already and is never overwritten/);
  t.is(readFileSync(path.join(authority, 'ca.key'), 'utf8'), key);
});

test('a key that others can read is refused', async (t) => {
  const { authority } = await lay(t);
  const { chmodSync } = await import('node:fs');
  chmodSync(path.join(authority, 'ca.key'), 0o644);
  t.throws(() => openAuthority(authority), { instanceOf: Fault, message: /must be of mode 0600/ });
});

test('a box gets its certificate by a stick: request, sign, install; both sides see the same fingerprint', async (t) => {
  const { authority, state, answer } = await lay(t);
  const asked = await box.request(state, 'post-1', false);
  const signed = await centre.sign(authority, csrOf(state), answer, 398);
  const print = /key ((?:[0-9a-f]{4}-){3}[0-9a-f]{4})/;
  t.is(print.exec(asked.join('\n'))?.[1], print.exec(signed.join('\n'))?.[1]);
  await box.install(state, answer, false);
  const { facts } = identityIn(path.join(state, 'identity')).read();
  t.is(facts.name, 'post-1');
  t.is(modeOf(path.join(state, 'identity', 'device.key')), '600');
});

test('no key is ever printed, and none is on the stick', async (t) => {
  const { authority, state, answer, said, folder } = await lay(t);
  const lines = [
    ...said,
    ...(await box.request(state, 'post-1', false)),
    ...(await centre.sign(authority, csrOf(state), answer, 398)),
    ...(await box.install(state, answer, false)),
    ...(await centre.device('ledger', { authority, out: path.join(folder, 'ledger'), days: 398 })),
    ...box.show([path.join(state, 'identity')], Date.now()).lines,
    readFileSync(csrOf(state), 'utf8'),
    readFileSync(answer, 'utf8'),
  ].join('\n');
  const keys = [path.join(authority, 'ca.key'), path.join(state, 'identity', 'device.key')];
  t.notRegex(lines, /PRIVATE/);
  for (const key of keys) t.false(lines.includes(readFileSync(key, 'utf8').split('\n')[1] ?? '-'));
});

test('a renewal by stick keeps the key, and keeps the certificate before', async (t) => {
  const { authority, state, answer } = await lay(t);
  const identity = path.join(state, 'identity');
  await box.request(state, 'post-1', false);
  await centre.sign(authority, csrOf(state), answer, 10);
  await box.install(state, answer, false);
  const before = identityIn(identity).read();
  await box.request(state, 'post-1', false);
  await centre.sign(authority, csrOf(state), `${answer}.next`, 398);
  await box.install(state, `${answer}.next`, false);
  const after = identityIn(identity).read();
  t.is(after.key, before.key);
  t.true(after.facts.untilMs > before.facts.untilMs);
  t.is(readFileSync(path.join(identity, 'device.crt.last-good'), 'utf8'), before.certificate);
});

test('a new key waits for its certificate, and a power cut between the two is mended', async (t) => {
  const { authority, state, answer } = await lay(t);
  const identity = path.join(state, 'identity');
  await box.request(state, 'post-1', false);
  await centre.sign(authority, csrOf(state), answer, 10);
  await box.install(state, answer, false);
  const before = identityIn(identity).read();
  await box.request(state, 'post-1', true);
  t.is(identityIn(identity).read().key, before.key);
  await centre.sign(authority, csrOf(state), `${answer}.next`, 398);
  // As a power cut leaves it: the certificate is in place, the key is not.
  writeFileSync(path.join(identity, 'device.crt'), readFileSync(`${answer}.next`));
  const after = identityIn(identity).read();
  t.not(after.key, before.key);
  t.is(readFileSync(path.join(identity, 'device.key'), 'utf8'), after.key);
  t.false(existsSync(path.join(identity, 'device.key.next')));
});

test('the answer for another box, and one of another authority, are not installed', async (t) => {
  const { authority, state, answer, folder } = await lay(t);
  const other = path.join(folder, 'other-box');
  await box.request(state, 'post-1', false);
  await box.request(other, 'post-2', false);
  await centre.sign(authority, csrOf(other), answer, 398);
  await t.throwsAsync(box.install(state, answer, false), { instanceOf: Fault, message: /does not belong to the key/ });
  t.false(existsSync(path.join(state, 'identity', 'device.crt')));
  const south = path.join(folder, 'south');
  await centre.init(south, 'south', 100);
  await centre.sign(south, csrOf(state), `${answer}.south`, 398);
  await t.throwsAsync(box.install(state, `${answer}.south`, false), {
    instanceOf: Fault,
    message: /--replace-authority/,
  });
  await box.install(state, `${answer}.south`, true);
  t.is(identityIn(path.join(state, 'identity')).read().facts.issuer, 'Fieldpost authority of south');
});

test('no box gets the name of a program of the centre, or one that no topic can carry', async (t) => {
  const { authority, state, answer } = await lay(t);
  for (const name of ['ledger', 'ledger-1', 'console']) {
    await box.request(state, name, false);
    await t.throwsAsync(centre.sign(authority, csrOf(state), answer, 1), {
      instanceOf: Fault,
      message: /program of the centre/,
    });
  }
  await t.throwsAsync(box.request(state, 'post.1', false), { instanceOf: Fault, message: /small letters/ });
});

test('a server is renewed for the same key and names; what is due is told', async (t) => {
  const { authority, folder } = await lay(t);
  const out = path.join(folder, 'broker');
  await centre.server(['hub.example', '10.0.0.5'], { authority, out, days: 1 });
  t.true(box.show([out], Date.now() + 86_400_000 / 2).due);
  const key = readFileSync(path.join(out, 'server.key'), 'utf8');
  await centre.renewHere(out, authority, 398);
  t.false(box.show([out], Date.now()).due);
  t.is(readFileSync(path.join(out, 'server.key'), 'utf8'), key);
  t.regex(box.show([out], Date.now()).lines.join('\n'), /hub\.example, 10\.0\.0\.5/);
});

test('denying takes back every certificate of a name, and not the one that comes after', async (t) => {
  const { authority, folder } = await lay(t);
  const serialOf = async (n: number): Promise<string> => {
    const out = path.join(folder, `post-1-${n}`);
    await centre.device('post-1', { authority, out, days: 398 });
    return identityIn(out).read().facts.serial;
  };
  const [one, two] = [await serialOf(1), await serialOf(2)];
  const crl = readFileSync(path.join(authority, 'denied.crl'), 'utf8');
  t.regex((await centre.deny(authority, 'post-1', 'stolen')).join('\n'), /2 certificates are denied/);
  const three = await serialOf(3);
  const site = openAuthority(authority);
  t.deepEqual([one, two, three].map(site.isDenied), [true, true, false]);
  t.not(readFileSync(path.join(authority, 'denied.crl'), 'utf8'), crl);
});

test('without its files a box says which one is missing', (t) => {
  const folder = freshFolder(t);
  rmSync(folder, { recursive: true });
  const error = t.throws(() => identityIn(folder).read(), { instanceOf: Fault });
  t.regex(
    error?.message ?? '',
    /ca\.crt: cannot be read \(ENOENT\).*fieldpost pki request, sign at the centre, install/,
  );
});
