/**
 * The walk of a new user, by the commands of the technician's guide and real programs: token, provision, first reading at the centre, a
 * change, a model, a bad release, a certificate that is renewed, a box that is lost; and whoever tries to break what is promised
 * meanwhile. The instruments are simulated.
 */
import { createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import test from 'ava';
import { parse, stringify } from 'yaml';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { parseKey } from '../../daemons/core/pki/facts.ts';
import { issue } from '../../daemons/core/pki/issue.ts';
import { sendDesired, signDesired } from '../../daemons/tools/fleet/twin.ts';
import { freshFolder, until } from '../core/spool/keeping.ts';
import { layCarton } from '../support/carton.ts';
import { fakeRelease } from '../support/fake-release.ts';
import { fieldpost } from '../support/fieldpost.ts';
import { needs } from '../support/needs.ts';
import { dayMs, put } from '../support/site-pki.ts';
import { connectWith } from '../support/tls-client.ts';
import { operatorOf, startCentre } from '../support/walk.ts';

const title = 'the walk of a new user: from the carton to a box that was lost, and nobody gets in between';
const root = path.join(import.meta.dirname, '../..');
const profileFile = 'profiles/gas-vapour.yaml';
const can = needs('mosquitto', title) && needs('dpkg-deb', title);

(can ? test : test.skip)(title, async (t) => {
  t.timeout(900_000);
  t.log('the centre, once');
  const carton = await layCarton(
    freshFolder(t),
    (end) => t.teardown(end),
    ({ gas, uplink, ...value }) => ({
      ...{ ...value, uplink: { ...(uplink as object), resendMs: 1000, reconnect: { firstMs: 100, mostMs: 1000 } } },
      agent: { repository: `${(uplink as { renewal: string }).renewal}/v1/fleet` },
      // Nothing is raised here that would hold an update up.
      gas: { ...(gas as object), rules: [], safety: undefined, telemetry: { batch: 60, holdMs: 0 } },
    }),
  );
  const { at, fleet, pki, site, broker } = carton;
  const centre = await startCentre(carton);
  const consoles = await pki.device(at('console'), 'console');

  t.log('token and provision');
  const { token } = await carton.token('post-7');
  const provisioned = await carton.provision('box', '--token', token, '--profile', 'gas-vapour');
  t.regex(provisioned.out, /configuration without a mistake/, provisioned.err);
  carton.layCalibrations('box');
  const trusted = await fieldpost([
    'release',
    'trust',
    path.join(fleet, 'public/1.root.json'),
    '--folder',
    at('agent'),
  ]);
  t.is(trusted.code, 0, trusted.err);
  const boot = () =>
    carton.start(
      ...['agent', '--device', 'post-7', ...carton.placeOf('box'), '--folder', at('agent')],
      ...['--run', 'gas', '--run', 'uplink'],
    );
  let box = boot();

  t.log('first reading');
  await carton.until('it was on the console', async () => (await centre.shown('post-7'))?.status === 'online', box);
  t.like(await centre.shown('post-7'), { status: 'online', simulated: true });
  await carton.until('a reading was there', () => centre.readings('post-7').length > 0, box);
  t.true(centre.readings('post-7').some(({ value }) => value !== null && Number.isFinite(value)));
  const green = await carton.provision('box');
  t.regex(green.out, /GREEN post-7 is provisioned/, green.out + green.err);

  t.log('a change by a signed twin');
  const place = { site, device: 'post-7', broker: [broker().url], identity: consoles };
  const wanted = at('wanted.yaml');
  const write = (said: object): string => {
    writeFileSync(wanted, stringify({ trial: { steadyS: 2, withinS: 90 }, ...said }));
    return wanted;
  };
  const operator = operatorOf(t, place, path.join(fleet, 'keys/operator.key'), write);
  const laid = parse(readFileSync(at(`box/etc/${profileFile}`), 'utf8')) as { gas: object };
  writeFileSync(at('slower.yaml'), stringify({ ...laid, gas: { ...laid.gas, samplePeriodMs: 500 } }));
  const slower = { files: { [profileFile]: 'slower.yaml' } };
  await operator.set({ version: 1, ...slower });
  const replayed = signDesired(wanted, place, [path.join(fleet, 'keys/operator.key')]);
  await operator.until(({ inForce, phase }) => inForce === 1 && phase === 'in-force');

  t.log('a model, first tampered with on its way');
  for (const what of [['add', path.join(root, 'models/gas-vapour')], ['sign']]) {
    const ran = await fieldpost(['release', ...what, '--folder', fleet]);
    t.is(ran.code, 0, ran.err);
  }
  const [artefact = ''] = readdirSync(path.join(fleet, 'public/artefacts'));
  const file = path.join(fleet, 'public/artefacts', artefact);
  const bytes = readFileSync(file);
  const spoilt = Buffer.from(bytes);
  spoilt[spoilt.length >> 1] = (spoilt[spoilt.length >> 1] ?? 0) ^ 1;
  writeFileSync(file, spoilt);
  const { version } = JSON.parse(readFileSync(path.join(root, 'models/gas-vapour/card.json'), 'utf8'));
  const withModel = { ...slower, models: { 'gas-vapour': version } };
  await operator.set({ version: 2, ...withModel });
  const caught = await operator.until(
    ({ desired, reasons }) => desired === 2 && /sha-?256|hash|bytes/i.test(reasons.join()),
  );
  t.is(caught.inForce, 1);
  writeFileSync(file, bytes);
  await operator.set({ version: 3, ...withModel });
  const modelled = await operator.until(({ inForce, phase }) => inForce === 3 && phase === 'in-force');
  t.is(modelled.models['gas-vapour'], version);

  t.log('a bad release is caught');
  const bad = fakeRelease(at(''), {
    version: '1.0.1',
    script: '[ "$1" = gas ] && { echo "a bad release" >&2; exit 1; }',
  });
  for (const what of [['add', bad], ['sign']]) t.is((await fieldpost(['release', ...what, '--folder', fleet])).code, 0);
  await operator.set({ version: 4, ...withModel, executable: '1.0.1' });
  const reverted = await operator.until(({ desired, phase }) => desired === 4 && phase === 'reverted');
  t.like(reverted, { inForce: 3 });
  t.regex(reverted.reasons.join(), /a bad release/);

  t.log('another box at the same broker, and whoever holds the broker');
  const second = await carton.token('post-8');
  await carton.provision('thief', '--token', second.token, '--profile', 'gas-vapour');
  const seen = connectWith(t, broker().url, {
    identity: await pki.device(at('watcher'), 'ledger-1'),
    subscribe: [`fieldpost/v1/${site}/#`],
  });
  await until(() => seen.broker.connected);
  const thief = connectWith(t, broker().url, { identity: at('thief/state/identity') });
  await until(() => thief.broker.connected);
  const own = `fieldpost/v1/${site}/post-7`;
  const receipt = JSON.stringify({ v: 1, spool: 'any', stream: 'alert', through: 1_000_000, missing: [] });
  const tried = [
    ...[`${own}/alert`, `${own}/status`, `${own}/twin/reported`, `${own}/cmd`, `${own}/twin/desired`],
    `${own}/receipt`,
  ];
  for (const topic of tried)
    await thief.broker.publish(topic, topic.endsWith('receipt') ? receipt : '{"v":1,"forged":true}');
  await thief.broker.publish(`fieldpost/v1/${site}/post-8/event`, 'the fence: what came before it came to nothing');
  await until(() => seen.messages.some((one) => one.includes('the fence')));
  t.deepEqual(
    seen.messages.filter((one) => one.includes('forged') || one.includes('1000000')),
    [],
  );
  const nosy = connectWith(t, broker().url, {
    identity: at('thief/state/identity'),
    subscribe: [`${own}/twin/desired`],
  });
  await until(() => nosy.reasons.length > 0 || nosy.broker.connected);
  t.deepEqual(nosy.messages, []);
  // A broker can hold a signed state back or say an old one again, and never make one.
  await sendDesired(place, replayed);
  const old = await operator.until(({ phase, reasons }) => phase === 'refused' && /is older than/.test(reasons.join()));
  t.is(old.inForce, 3);
  const stolenKey = signDesired(write({ version: 9, by: 'op-17' }), place, [path.join(fleet, 'keys/release.key')]);
  await sendDesired(place, stolenKey);
  const unsigned = await operator.until(({ reasons }) => /signatures of role operator hold/.test(reasons.join()));
  t.is(unsigned.inForce, 3);

  t.log('the certificate is renewed in time, by the box itself');
  const identity = identityIn(at('box/state/identity'));
  const ca = {
    certificate: pki.authority,
    key: parseKey(readFileSync(path.join(pki.folder, 'ca.key'), 'utf8'), 'ca.key'),
  };
  const subject = { name: 'post-7', key: createPublicKey(parseKey(identity.read().key, 'device.key')) };
  await box.end('SIGKILL');
  const days = { fromMs: Date.now() - 90 * dayMs, untilMs: Date.now() + 10 * dayMs };
  put(at('box/state/identity'), 'device.crt', await issue(ca, subject, days));
  box = boot();
  await carton.until('it was renewed', () => identity.read().facts.untilMs > Date.now() + 300 * dayMs, box);
  await carton.until(
    'the centre was told',
    async () => (await centre.events('post-7', 'certificate-renewed')).length > 0,
    box,
  );

  t.log('the box is lost');
  const words = ['--authority', pki.folder, '--folder', carton.brokerFolder, '--every', '1'];
  const tend = carton.start('pki', 'tend', ...words, '--restart', `kill ${broker().pid}`);
  await carton.until('it tended', () => tend.output().includes('tending'), tend);
  const denied = await fieldpost(['pki', 'deny', 'post-7', '--authority', pki.folder, '--why', 'stolen from the gate']);
  t.is(denied.code, 0, denied.err);
  await carton.until('its session was cut', async () => (await centre.shown('post-7'))?.status !== 'online', tend);
  await carton.until('it was refused', () => /deny list/.test(box.output()), tend);
  t.is(await artefactFor(carton.enrol, at('box/state/identity'), artefact), 403);
  t.is(await artefactFor(carton.enrol, at('thief/state/identity'), artefact), 200);
});

/** The status with which the centre answers a box that asks for an artefact. */
function artefactFor(enrol: string, identity: string, artefact: string): Promise<number> {
  const { key, certificate: cert, authority: ca } = identityIn(identity).read();
  return new Promise((resolve, reject) => {
    const asked = https.get(
      new URL(`/v1/fleet/artefacts/${artefact}`, enrol),
      { key, cert, ca, agent: false },
      (one) => {
        one.resume();
        one.on('end', () => resolve(one.statusCode ?? 0));
      },
    );
    asked.on('error', reject);
  });
}
