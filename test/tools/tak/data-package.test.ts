import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { DataPackage } from '@tak-ps/node-cot';
import test from 'ava';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { elementsOf, readXml, textOf } from '../../../daemons/core/xml/read.ts';
import { takPackage } from '../../../daemons/tools/tak/data-package.ts';
import { needs } from '../../support/needs.ts';
import { sitePki } from '../../support/site-pki.ts';
import { takServer } from '../../support/tak-server.ts';

const it = needs('openssl', 'TAK data package') ? test : test.skip;

/** Keys and values of a preference file, by the name of their part. */
function preferencesIn(text: string): Record<string, Record<string, string>> {
  return Object.fromEntries(
    elementsOf(readXml(text)).map((part) => [
      part.attributes.name ?? '',
      Object.fromEntries(elementsOf(part).map((entry) => [entry.attributes.key ?? '', textOf(entry)])),
    ]),
  );
}

it('one file brings a client to its server: node-CoT opens it, openssl opens what is in it, and the server lets it in by that', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-tak-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const pki = await sitePki(path.join(folder, 'pki'));
  const server = await takServer(await pki.server(path.join(folder, 'server')));
  t.teardown(() => server.close());
  const identity = await pki.device(path.join(folder, 'unit-7'), 'unit-7');
  const out = path.join(folder, 'unit-7.dpk');
  const lines = await takPackage({ server: `127.0.0.1:${server.port}`, identity, out });
  t.is(statSync(out).mode & 0o777, 0o600);

  const opened = await DataPackage.parse(out, { cleanup: false });
  t.teardown(() => opened.destroy());
  t.like(opened, { version: '2', settings: { name: 'unit-7', onReceiveImport: true, onReceiveDelete: true } });
  const entries = opened.contents.map(({ _attributes }) => _attributes.zipEntry).sort();
  t.deepEqual(entries, ['client.p12', 'server.pref', 'truststore.p12']);
  const raw = (name: string) => path.join(opened.path, 'raw', name);
  const all = preferencesIn(readFileSync(raw('server.pref'), 'utf8'));
  t.is(all.cot_streams?.connectString0, `127.0.0.1:${server.port}:ssl`);
  const { clientPassword = '', caPassword = '', certificateLocation } = all['com.atakmap.app_preferences'] ?? {};
  t.is(certificateLocation, 'cert/client.p12');
  t.true(lines.some((line) => line.includes(clientPassword)) && lines.some((line) => line.includes(caPassword)));
  t.not(clientPassword, caPassword);
  t.regex(clientPassword, /^[a-z2-9]{18}$/);

  const openP12 = (name: string, password: string, what: readonly string[]) =>
    execFileSync('openssl', ['pkcs12', '-in', raw(name), '-passin', `pass:${password}`, '-nodes', ...what], {
      ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    });
  const [cert, key] = [
    openP12('client.p12', clientPassword, ['-nokeys', '-clcerts']),
    openP12('client.p12', clientPassword, ['-nocerts']),
  ];
  const ca = openP12('truststore.p12', caPassword, ['-nokeys']);
  t.throws(() => openP12('client.p12', caPassword, []));
  t.notRegex(ca, /PRIVATE KEY/);
  const socket = tls.connect({ ...{ host: '127.0.0.1', port: server.port, ca, cert, key } });
  t.teardown(() => socket.destroy());
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  t.true(socket.authorized);
});

it('a package is never written over another, and what is no server, no identity is refused with words', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-tak-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const pki = await sitePki(path.join(folder, 'pki'));
  const identity = await pki.device(path.join(folder, 'unit-7'), 'unit-7');
  const out = path.join(folder, 'a.dpk');
  const refused = async (options: object, words: RegExp) => {
    const error = await t.throwsAsync(takPackage({ server: 'tak.example:8089', identity, out, ...options }));
    t.true(isFault(error));
    t.regex(error?.message ?? '', words);
  };
  for (const server of ['tak.example', 'tak.example:0', 'tak.example:99999', 'a b:1', 'http://tak:8089'])
    await refused({ server }, /must be HOST:PORT/);
  await refused({ identity: folder }, /cannot be read/);
  t.false(existsSync(out));
  await takPackage({ server: '[2001:db8::1]:8089', identity, out });
  await refused({}, /is there already/);
});
