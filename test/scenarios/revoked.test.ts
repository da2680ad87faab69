/**
 * A box that was lost: with real programs (Mosquitto with the deployed configuration, the renewal service, `pki tend`), from
 * `fieldpost pki deny` to a session that is cut and a box that gets in nowhere.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { openAuthority } from '../../daemons/core/adapters/authority.files.ts';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { renewOver } from '../../daemons/core/adapters/renewal.https.ts';
import { deny } from '../../daemons/tools/pki/authority.ts';
import { until } from '../core/spool/keeping.ts';
import { fieldpost } from '../support/fieldpost.ts';
import { keepMosquitto } from '../support/mosquitto-tls.ts';
import { needs } from '../support/needs.ts';
import { startProgram } from '../support/process.ts';
import { isDone, lay } from '../support/provisioning.ts';
import { put } from '../support/site-pki.ts';
import { connectWith } from '../support/tls-client.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
const title = 'a lost box is cut off at the broker, its token and its certificate get it nothing, and the others go on';

(needs('mosquitto', title) ? test : test.skip)(title, async (t) => {
  t.timeout(300_000);
  const { folder, site, url, token, boxAt } = await lay(t);
  await deny(site.folder, 'nobody', 'makes the first list');
  const server = await site.server(path.join(folder, 'broker'));
  put(server, 'denied.crl', openAuthority(site.folder).revocations());
  const kept = await keepMosquitto(site, server);
  t.teardown(kept.stop);
  const first = kept.now();
  const tend = startProgram(process.execPath, [
    ...[main, 'pki', 'tend', '--service', url, '--folder', server, '--every', '1', '--restart', `kill ${first.pid}`],
  ]);
  t.teardown(() => tend.end('SIGKILL'));
  await until(() => tend.output().includes('tending') || tend.child.exitCode !== null);
  t.is(tend.child.exitCode, null, tend.output());

  const [lost, other] = [boxAt('lost'), boxAt('other')];
  const lostToken = await token('post-7');
  t.true(isDone((await lost.run(lostToken)).said));
  t.true(isDone((await other.run(await token('post-8'))).said));
  const sessions = [lost, other].map(({ identity }) => connectWith(t, first.url, { identity }));
  const [thief, honest] = sessions as [ReturnType<typeof connectWith>, ReturnType<typeof connectWith>];
  await until(() => thief.broker.connected && honest.broker.connected);

  const said = await fieldpost(['pki', 'deny', 'post-7', '--authority', site.folder, '--why', 'stolen from the gate']);
  t.regex(said.out, /1 certificates are denied[\s\S]*1 of its tokens withdrawn/, said.err);
  await until(() => thief.refusals.some(({ kind }) => kind === 'own-revoked'));
  t.false(thief.broker.connected);
  await until(() => honest.broker.connected && kept.now() !== first);
  await until(() => !existsSync(path.join(server, 'restart-due')));
  t.deepEqual(
    honest.refusals.filter(({ kind }) => kind.startsWith('own-')),
    [],
  );
  // Connected again and again refused: what is on the list stays out.
  const refusals = thief.refusals.length;
  await until(() => thief.refusals.length > refusals + 2);
  t.false(thief.broker.connected);

  const renewed = await renewOver(url, identityIn(lost.identity))();
  t.is(renewed.outcome, 'refused');
  // The key that used the token may ask again until the token's end, for answers get lost; not once it was denied.
  rmSync(path.join(lost.identity, 'device.crt'));
  const again = await lost.run(lostToken);
  t.is(again.outcome, 'wrong', again.said);
  t.regex(again.said, /withdrawn at the centre/);
  t.is(openAuthority(site.folder).live('post-7', Date.now()), 0);
  t.is(readFileSync(path.join(site.folder, 'issued.jsonl'), 'utf8').match(/post-7/g)?.length, 1);
});
