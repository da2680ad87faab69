/** A new box against a real enrolment service over TLS, with a bus of simulated parts: what is broken is said, and nothing is lost. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { openAuthority } from '../../../daemons/core/adapters/authority.files.ts';
import { claimOver } from '../../../daemons/core/adapters/claim.https.ts';
import { claimsIn } from '../../../daemons/core/adapters/claims.files.ts';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { openSpool } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { formatToken, parseToken, type Token } from '../../../daemons/core/pki/token.ts';
import { buildEnrol } from '../../../daemons/enrol/server.ts';
import { decommission } from '../../../daemons/tools/provision/decommission.ts';
import { keptToken } from '../../../daemons/tools/provision/identity.ts';
import { item } from '../../core/spool/keeping.ts';
import { isDone, lay, serve, silent } from '../../support/provisioning.ts';
import { dayMs, sitePki } from '../../support/site-pki.ts';

test('one command makes the key, gets the certificate, finds board and profile, and says what is left to do', async (t) => {
  const { token, boxAt } = await lay(t);
  const { run, place, certificate, identity } = boxAt('box');
  const text = await token();
  const { said } = await run(text, { where: { lat: 44.5, lon: 73.4, ceM: 5 } });
  t.true(isDone(said), said);
  t.regex(said, /air \(sht4x\): answers on main, serial 0fba1234/);
  t.regex(said, /board near: all 1 of its parts that can be asked are there/);
  t.is(certificate().facts.name, 'post-7');
  t.is((statSync(path.join(identity, 'device.key')).mode & 0o777).toString(8), '600');
  t.deepEqual(parse(readFileSync(path.join(place.config, 'devices/post-7.yaml'), 'utf8')), {
    ...{ device: 'post-7', site: 'north', board: 'near', profile: 'plain', where: { lat: 44.5, lon: 73.4, ceM: 5 } },
  });
  t.regex(readFileSync(path.join(place.config, 'box.env'), 'utf8'), /^DEVICE=post-7$/m);
  t.is(keptToken(identity), null);
  t.false(said.includes(parseToken(text).secret) || said.includes('PRIVATE'));
});

test('the same command again changes nothing and asks for nothing new: an answer may be lost on its way', async (t) => {
  const { token, boxAt } = await lay(t);
  const { run, certificate } = boxAt('box');
  const text = await token();
  await run(text);
  const { key } = certificate();
  const again = await run(text);
  t.true(isDone(again.said), again.said);
  t.is(certificate().key, key);
});

test('a second box never gets in on a used token, and the first one stays', async (t) => {
  const { token, boxAt, site } = await lay(t);
  const text = await token();
  await boxAt('box').run(text);
  const second = boxAt('second');
  const { outcome, said } = await second.run(text);
  t.is(outcome, 'wrong');
  t.regex(said, /was used at .* with another key.*pki deny post-7/);
  t.false(existsSync(path.join(second.identity, 'device.crt')));
  t.is(openAuthority(site.folder).live('post-7', Date.now()), 1);
});

test('two boxes never get one name; the one that stands in for another locks it out', async (t) => {
  const { token, boxAt, site } = await lay(t);
  const first = boxAt('box');
  const text = await token();
  await first.run(text);
  await t.throwsAsync(token(), { message: /has 1 certificate in force.*--replaces/ });
  const second = boxAt('second');
  t.true(isDone((await second.run(await token('post-7', { replaces: true }))).said));
  const { isDenied } = openAuthority(site.folder);
  t.true(isDenied(first.certificate().facts.serial));
  t.false(isDenied(second.certificate().facts.serial));
  // Nor does its token get it back, which its key may show again until the token's end.
  rmSync(path.join(first.identity, 'device.crt'));
  t.regex((await first.run(text)).said, /withdrawn at the centre/);
  t.is(openAuthority(site.folder).live('post-7', Date.now()), 1);
});

test('of two boxes that show one token at the same moment, one gets it', async (t) => {
  const { token, boxAt } = await lay(t);
  const text = await token();
  const both = await Promise.all([boxAt('one').run(text), boxAt('two').run(text)]);
  t.is(both.filter(({ said }) => isDone(said)).length, 1);
  t.is(both.filter(({ said }) => /with another key/.test(said)).length, 1);
});

test('a token that was replaced, expired or is cut short is refused with what to do', async (t) => {
  const { token, boxAt } = await lay(t);
  const { run, identity } = boxAt('box');
  const old = await token();
  await token();
  t.regex((await run(old)).said, /withdrawn at the centre; fieldpost token post-7 makes another/);
  const late = formatToken({ ...parseToken(old), until: Math.floor(Date.now() / 1000) - 60 });
  t.regex((await run(late)).said, /the token expired at .*; at the centre: fieldpost token post-7/);
  t.regex((await run(old.slice(0, -3))).said, /some of its letters are wrong or missing/);
  const forged: Token = { ...parseToken(await token()), secret: 'AAAAAAAAAAAAAAAAAAAAAA' };
  t.regex((await run(formatToken(forged))).said, /forged or damaged: its secret is another/);
  t.false(existsSync(path.join(identity, 'device.crt')));
});

test('another authority at the address gets nothing from the box, and gives it nothing', async (t) => {
  const { folder, token, boxAt } = await lay(t);
  const foe = await sitePki(path.join(folder, 'foe'));
  const trap = await serve(t, foe, await foe.server(path.join(folder, 'trap')), null);
  const text = formatToken({ ...parseToken(await token()), enrol: [trap] });
  const { run, identity } = boxAt('box');
  const { outcome, said } = await run(text);
  t.is(outcome, 'wrong');
  t.regex(said, /shows the authority [0-9a-f]{16}\.\.\., and the token is of [0-9a-f]{16}.*nothing was sent/);
  t.false(existsSync(path.join(identity, 'ca.crt')));
});

test('who shows the right authority and cannot prove it is not believed, whatever the clock', async (t) => {
  const { folder, site, token, boxAt } = await lay(t);
  const foe = await sitePki(path.join(folder, 'foe'));
  // Its own certificate, beside the site's: the authority's certificate is no secret.
  writeFileSync(path.join(folder, 'foe', 'shown.crt'), site.authority);
  const identity = await foe.server(path.join(folder, 'trap'));
  const read = (name: string): string => readFileSync(path.join(identity, name), 'utf8');
  const app = await buildEnrol({
    authority: { ...openAuthority(foe.folder), certificate: site.authority },
    claims: claimsIn(site.folder),
    filesOf: () => [],
    tls: { key: read('server.key'), cert: read('server.crt') },
    ...{ graceMs: 0, days: 398, clock: systemClock(), log: silent },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  const trap = `https://localhost:${(app.server.address() as AddressInfo).port}`;
  const text = formatToken({ ...parseToken(await token()), enrol: [trap] });
  for (const claim of [claimOver, (one: Token) => claimOver(one, () => 0)]) {
    const box = boxAt(claim === claimOver ? 'today' : 'in-1970');
    const { outcome } = await box.run(text, { claim });
    t.not(outcome, 'green');
    t.false(existsSync(path.join(box.identity, 'device.crt')));
  }
});

test('a box that believes in 1970 is enrolled: dates are judged by the time at which the token was made', async (t) => {
  const { site, centre, folder, token, boxAt } = await lay(t);
  // Not valid by the clock of this machine, as nothing is by that of a box in 1970; valid when the token was made.
  const past = await serve(t, site, await site.server(path.join(folder, 'past'), ['localhost'], [-100, -50]), centre);
  const at = Math.floor((Date.now() - 60 * dayMs) / 1000);
  const text = formatToken({ ...parseToken(await token()), enrol: [past], at });
  const sure = await boxAt('sure').run(text);
  t.not(sure.outcome, 'green');
  t.regex(sure.said, /expired/);
  const { run, certificate } = boxAt('box');
  const { said } = await run(text, { claim: (one: Token) => claimOver(one, () => 86_400_000) });
  t.true(isDone(said), said);
  t.is(certificate().facts.name, 'post-7');
});

test('without a token only a box that has its certificate goes on', async (t) => {
  const { token, boxAt } = await lay(t);
  const { run } = boxAt('box');
  t.regex((await run(null)).said, /no certificate, and there is no token/);
  await run(await token());
  t.true(isDone((await run(null)).said));
});

test('without a network the box is made ready and keeps its token; later the same goes on by itself', async (t) => {
  const { token, boxAt, centre } = await lay(t);
  const { run, identity, place, certificate } = boxAt('box');
  const text = await token();
  const nowhere = formatToken({ ...parseToken(text), enrol: ['https://127.0.0.1:9'] });
  // What a technician brought on a stick.
  for (const name of ['boards/near.yaml', 'profiles/plain.yaml']) {
    mkdirSync(path.dirname(path.join(place.config, name)), { recursive: true });
    writeFileSync(path.join(place.config, name), readFileSync(path.join(centre, name)));
  }
  const away = await run(nowhere);
  t.is(away.outcome, 'later');
  t.regex(away.said, /the centre was not reached/);
  t.true(isDone(away.said), away.said);
  t.is(keptToken(identity), nowhere);
  const key = readFileSync(path.join(identity, 'device.key'), 'utf8');
  t.true(isDone((await run(text)).said));
  t.is(certificate().key, key);
});

test('without a network and without any board the token waits; nothing is given up', async (t) => {
  const { token, boxAt } = await lay(t);
  const { run, identity } = boxAt('box');
  const text = await token();
  const away = await run(formatToken({ ...parseToken(text), enrol: ['https://127.0.0.1:9'] }));
  t.is(away.outcome, 'later', away.said);
  t.regex(away.said, /no part of any known board answers/);
  t.not(keptToken(identity), null);
  t.true(isDone((await run(text)).said));
});

test('a box that is another one already is not renamed', async (t) => {
  const { token, boxAt } = await lay(t);
  const { run, certificate } = boxAt('box');
  await run(await token());
  const { outcome, said } = await run(await token('post-8'));
  t.is(outcome, 'wrong');
  t.regex(said, /this box is post-7 .* already, and the token is for post-8/);
  t.is(certificate().facts.name, 'post-7');
});

test('a board whose part does not answer, and a file with a mistake, are named; nothing is started', async (t) => {
  const { token, boxAt, centre } = await lay(t);
  rmSync(path.join(centre, 'boards/near.yaml'));
  const silentBox = await boxAt('box').run(await token());
  t.is(silentBox.outcome, 'wrong');
  t.regex(silentBox.said, /which board\? .*no part of any known board answers/);
  writeFileSync(path.join(centre, 'boards/near.yaml'), 'board: near\nsensors: 7\n');
  const broken = await boxAt('other').run(await token('post-8'));
  t.regex(broken.said, /near\.yaml.* sensors/);
});

test("a token's maker refuses names that no box may have", async (t) => {
  const { token } = await lay(t);
  await t.throwsAsync(token('ledger'), { message: /a program of the centre/ });
  await t.throwsAsync(token('Post 7'), { message: /small letters, digits and hyphens/ });
});

test('a box that leaves is wiped by its own name only, and not while something waits for the centre', async (t) => {
  const { token, boxAt } = await lay(t);
  const { run, place, identity } = boxAt('box');
  await run(await token());
  const leaving = { name: 'post-7', config: place.config, state: place.state, loses: false };
  await t.throwsAsync(decommission({ ...leaving, name: 'post-8' }, null), { message: /this box is post-7/ });
  mkdirSync(path.join(place.state, 'spool'));
  const spool = await openSpool({ path: path.join(place.state, 'spool/gas.db'), device: 'post-7' });
  await (await spool.append([item('event', 1)])).committed;
  await spool.close();
  await t.throwsAsync(decommission(leaving, null), { message: /alerts or events wait.*--lose/ });
  t.true(existsSync(path.join(identity, 'device.key')));
  const lines = await decommission({ ...leaving, loses: true }, null);
  t.regex(lines.join('\n'), /pki deny post-7/);
  t.false(existsSync(identity));
  t.true(existsSync(path.join(place.config, 'boards/near.yaml')));
  t.true(isDone((await run(await token('post-9'))).said));
});
