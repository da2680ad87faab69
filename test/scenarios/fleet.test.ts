import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { stringify } from 'yaml';
import { signText } from '../../daemons/core/release/signed.ts';
import type { Rollout } from '../../daemons/core/rollout/plan.ts';
import { desiredText } from '../../daemons/core/twin/desired.ts';
import type { Applied } from '../../daemons/tools/fleet/apply.ts';
import type { ListedBox } from '../../daemons/tools/fleet/list.ts';
import { sendDesired } from '../../daemons/tools/fleet/twin.ts';
import { fieldpost, type Ran, startFieldpost } from '../support/fieldpost.ts';
import { type FleetSite, fleetSite, profileFile, site } from '../support/fleet-boxes.ts';
import { needs } from '../support/needs.ts';

const mosquitto = needs('mosquitto', 'a fleet at a real Mosquitto') ? test.serial : test.serial.skip;
const names = ['post-1', 'post-2', 'post-3'];

function operator(t: ExecutionContext, { centre, consoles, folder, url }: FleetSite) {
  const at = ['--broker', url, '--identity', consoles];
  const by = ['--folder', centre, '--by', 'op-17'];
  const dir = path.join(folder, 'git');
  const run = async (code: number, ...words: readonly string[]): Promise<Ran> => {
    const ran = await fieldpost(['fleet', ...words]);
    t.is(ran.code, code, `fleet ${words.join(' ')}\n${ran.out}${ran.err}`);
    return ran;
  };
  return {
    /** The configuration as it would be committed. */
    write: (profile: string): void => {
      mkdirSync(dir, { recursive: true });
      writeFileSync(path.join(dir, 'gas.yaml'), profile);
      const boxes = Object.fromEntries(names.map((name) => [name, { labels: ['heath'] }]));
      const all = { files: { [profileFile]: 'gas.yaml' }, trial: { steadyS: 1, withinS: 10 } };
      writeFileSync(path.join(dir, 'fleet.yaml'), stringify({ site, all, labels: { heath: {} }, boxes }));
    },
    run,
    apply: async (code: number, ...more: readonly string[]): Promise<readonly Applied[]> =>
      JSON.parse((await run(code, 'apply', dir, ...at, ...by, '--json', ...more)).out) as Applied[],
    start: (code: number, name: string, ...more: readonly string[]): Promise<Ran> =>
      run(
        code,
        ...['rollout', 'start', dir, ...at, ...by, '--name', name, '--why', 'a test', '--canary', 'post-1'],
        ...['--steady', '2', '--silent', '70', ...more],
      ),
    order: (order: string, name: string): Promise<Ran> =>
      run(0, 'rollout', order, name, ...by, '--why', 'the test wants it'),
    drive: (...more: readonly string[]) =>
      startFieldpost(['fleet', 'rollout', 'drive', '--site', site, '--folder', centre, ...at, ...more]),
    show: async (name: string): Promise<Rollout> => {
      const { out } = await fieldpost(['fleet', 'rollout', 'show', name, '--folder', centre, '--json']);
      return (JSON.parse(out) as Rollout[])[0] as Rollout;
    },
    list: async (code: number): Promise<readonly ListedBox[]> =>
      JSON.parse((await run(code, 'list', '--site', site, ...at, '--folder', centre, '--json')).out) as ListedBox[],
  };
}

async function until<T>(read: () => T | Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

mosquitto(
  'a folder is applied once; a bad change ends at its canary and is taken back; a good one survives its driver and waits at gates',
  async (t) => {
    t.timeout(900_000);
    const fleet = await fleetSite(t, names);
    const op = operator(t, fleet);
    const profiles = (): readonly string[] => fleet.boxes.map((box) => box.profile());
    const all = (text: string) => (found: readonly string[]) => found.every((one) => one === text);

    op.write('first: 1\n');
    t.deepEqual(
      (await op.apply(1, '--dry-run')).map(({ is }) => is),
      names.map(() => 'would be told'),
    );
    t.true(profiles().every((one) => one === 'laid: true\n'));
    await op.apply(0);
    await until(profiles, all('first: 1\n'));
    t.true((await op.apply(0)).every(({ is, version }) => is === 'same' && version === 1));

    op.write('crash: 1\n');
    await op.start(0, 'bad');
    await op.drive('--until-done').ran;
    const bad = await op.show('bad');
    t.is(bad.mode, 'stopped');
    t.regex(bad.reason, /canary post-1: reverted: gas does not start/);
    t.deepEqual(
      ['post-2', 'post-3'].map((name) => bad.boxes[name]?.phase),
      ['queued', 'queued'],
    );
    t.true(all('first: 1\n')(profiles()));
    await op.order('back', 'bad');
    await op.drive('--until-done').ran;
    t.is((await op.show('bad')).mode, 'back');
    t.true((await op.list(0)).every(({ inForce }, i) => inForce === (i === 0 ? 3 : 1)));

    op.write('good: 1\n');
    for (const box of fleet.boxes) if (box.name === 'post-3') box.busy = { dock: { mode: 'open', airborne: true } };
    await op.start(0, 'good');
    t.regex((await op.start(2, 'other')).err, /post-1: is in the rollout good/);
    t.true((await op.apply(1)).every(({ is }) => is === 'held'));
    const first = op.drive();
    await until(profiles, (found) => found[0] === 'good: 1\n');
    first.kill('SIGKILL');
    await first.ran;
    const second = op.drive('--until-done');
    const waits = await until(
      () => op.show('good'),
      ({ boxes }) => boxes['post-3']?.phase === 'waiting' && boxes['post-2']?.phase === 'steady',
    );
    t.deepEqual(waits.boxes['post-3']?.reasons, ['waits: the drone is in flight']);
    for (const box of fleet.boxes) box.busy = {};
    await second.ran;
    t.is((await op.show('good')).mode, 'done');
    t.true(all('good: 1\n')(profiles()));

    const { out } = await op.run(0, 'audit', '--folder', fleet.centre, '--json');
    const { lines } = JSON.parse(out) as { lines: { by: string; what: string }[] };
    t.deepEqual(
      lines.filter(({ by }) => by === 'op-17').map(({ what }) => what),
      [...names.map(() => 'apply 1'), 'start', 'back', 'start'],
    );
  },
);

mosquitto(
  'what a broker offers as said by an operator, and was not, is never signed, and replaced by what the folder says',
  async (t) => {
    t.timeout(300_000);
    const fleet = await fleetSite(t, names.slice(0, 1));
    const op = operator(t, fleet);
    op.write('first: 1\n');
    const { privateKey } = generateKeyPairSync('ed25519');
    const forged = { v: 1 as const, site, device: 'post-1', version: 4, by: 'op-17', at: new Date().toISOString() };
    await sendDesired(
      { site, device: 'post-1', broker: [fleet.url], identity: fleet.consoles },
      JSON.stringify(
        signText('operator', desiredText({ ...forged, files: { [profileFile]: 'evil: 1\n' } }), [privateKey]),
      ),
    );
    t.regex((await op.start(2, 'one')).err, /post-1: what stands at the broker, version 4: 0 of 1 signatures/);
    t.like((await op.apply(0, '--label', 'heath'))[0], { box: 'post-1', is: 'told', version: 5 });
    await until(
      () => fleet.boxes[0]?.profile(),
      (profile) => profile === 'first: 1\n',
    );
  },
);
