import { sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openAuthority } from '../../daemons/core/adapters/authority.files.ts';
import { claimsIn } from '../../daemons/core/adapters/claims.files.ts';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { renewOver } from '../../daemons/core/adapters/renewal.https.ts';
import { parseKey } from '../../daemons/core/pki/facts.ts';
import { makeKey, makeRequest } from '../../daemons/core/pki/issue.ts';
import { Fault } from '../../daemons/core/ports/fault.ts';
import { proofText, renewalPath } from '../../daemons/core/wire/renewal.ts';
import { buildEnrol } from '../../daemons/enrol/server.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { dayMs, sitePki } from '../support/site-pki.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A real service on a free port, and a site around it. */
async function lay(t: ExecutionContext, hosts?: readonly string[], serverDays?: readonly [number, number]) {
  const folder = freshFolder(t);
  const site = await sitePki(path.join(folder, 'ca'));
  const server = await site.server(path.join(folder, 'enrol'), hosts, serverDays);
  const read = (name: string): string => readFileSync(path.join(server, name), 'utf8');
  const app = await buildEnrol({
    authority: openAuthority(site.folder),
    claims: claimsIn(site.folder),
    filesOf: () => [],
    tls: { key: read('server.key'), cert: read('server.crt') },
    graceMs: 365 * dayMs,
    days: 398,
    clock: systemClock(),
    log: silent,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  const url = `https://localhost:${(app.server.address() as AddressInfo).port}`;
  const box = (name: string, days: readonly [number, number]) =>
    site.device(path.join(folder, name), name, days).then(identityIn);
  return { folder, site, url, box };
}

test('an expired certificate is renewed for the same key, checked and put in place', async (t) => {
  const { url, box } = await lay(t);
  const store = await box('post-1', [-400, -300]);
  const before = store.read();
  const answer = await renewOver(url, store, Date.now)();
  t.is(answer.outcome, 'issued');
  if (answer.outcome !== 'issued') return;
  await store.install(answer.certificate);
  const after = store.read();
  t.true(after.facts.untilMs > Date.now() + 390 * dayMs);
  t.is(after.facts.keyHash, before.facts.keyHash);
  t.is(after.facts.name, 'post-1');
});

test('a certificate that lapsed too long ago waits for a person, and is renewed once approved', async (t) => {
  const { site, url, box } = await lay(t);
  const store = await box('post-1', [-900, -500]);
  const first = await renewOver(url, store, Date.now)();
  t.is(first.outcome, 'waits');
  t.regex('reason' in first ? first.reason : '', /500 days ago.*pki approve post-1/);
  await openAuthority(site.folder).approve('post-1', 7);
  t.is((await renewOver(url, store, Date.now)()).outcome, 'issued');
});

test('the certificate of another site, and a denied one, are refused with the reason', async (t) => {
  const { folder, site, url, box } = await lay(t);
  const other = await sitePki(path.join(folder, 'south'), 'south');
  const foreign = await other.device(path.join(folder, 'foreign'), 'post-1', [-100, -1]);
  writeFileSync(path.join(foreign, 'ca.crt'), site.authority);
  const one = await renewOver(url, identityIn(foreign), Date.now)();
  t.is(one.outcome, 'refused');
  t.regex('reason' in one ? one.reason : '', /not issued by this site \("Fieldpost authority of south" did\)/);
  const stolen = await box('post-2', [-100, -1]);
  writeFileSync(path.join(site.folder, 'denied.txt'), `${stolen.read().facts.serial} post-2 2026-01-01 stolen\n`);
  const two = await renewOver(url, stolen, Date.now)();
  t.regex('reason' in two ? two.reason : '', /deny list/);
});

test('who has the certificate of a box and not its key gets nothing', async (t) => {
  const { site, url, box } = await lay(t);
  const { certificate } = (await box('post-1', [-100, -1])).read();
  const key = parseKey(makeKey(), 'thief');
  const request = await makeRequest('post-1', key);
  const signature = sign('sha256', Buffer.from(proofText(request)), key).toString('base64');
  const body = JSON.stringify({ v: 1, certificate, request, signature });
  t.like(await post(url, site.authority, body), { status: 403 });
  t.regex((await post(url, site.authority, body)).text, /not signed by its key/);
});

test('junk is answered with what would be right, and the service goes on', async (t) => {
  const { site, url, box } = await lay(t);
  for (const body of [
    '',
    '{',
    '[]',
    '{"v":1}',
    JSON.stringify({ v: 1, certificate: 'x', request: 'y', signature: 'z' }),
  ])
    t.is((await post(url, site.authority, body)).status, 400);
  t.is((await post(url, site.authority, 'x'.repeat(40_000))).status, 413);
  t.is((await renewOver(url, await box('post-1', [-10, -1]), Date.now)()).outcome, 'issued');
});

test('a box that asks without end is told to wait', async (t) => {
  const { url, box } = await lay(t);
  const store = await box('post-1', [-10, -1]);
  for (let i = 0; i < 12; i++) t.is((await renewOver(url, store, Date.now)()).outcome, 'issued');
  const last = await renewOver(url, store, Date.now)();
  t.regex('reason' in last ? last.reason : '', /more than 12 times in an hour/);
});

test('a service that cannot prove who it is learns nothing of the box', async (t) => {
  const late = await lay(t, undefined, [-100, -2]);
  const error = await t.throwsAsync(renewOver(late.url, await late.box('post-1', [-10, -1]), Date.now)(), {
    instanceOf: Fault,
  });
  t.regex(error?.message ?? '', /the certificate of the renewal service .* expired on .*renew it at the centre/);
  const elsewhere = await lay(t, ['enrol.example']);
  const other = await t.throwsAsync(renewOver(elsewhere.url, await elsewhere.box('post-1', [-10, -1]), Date.now)(), {
    instanceOf: Fault,
  });
  t.regex(other?.message ?? '', /is not for "localhost" but for enrol\.example/);
});

function post(url: string, ca: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = https.request(
      new URL(renewalPath, url),
      { method: 'POST', ca, agent: false, headers: { 'content-type': 'application/json' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (some: string) => {
          text += some;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}
