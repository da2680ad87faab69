/**
 * A box out of its carton, by the commands of the technician's guide: token and enrolment at the centre, a file on the boot
 * partition, and the box's daemons against a broker that takes none but its certificate. The instruments are simulated.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { parse, stringify } from 'yaml';
import { type Addresses, laySite } from '../../daemons/tools/simulate/site.ts';
import { startInstrument } from '../../daemons/tools/simulate/supervise.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { fieldpost } from '../support/fieldpost.ts';
import { startMosquitto } from '../support/mosquitto-tls.ts';
import { needs } from '../support/needs.ts';
import { answers, freePorts, type Program, startProgram } from '../support/process.ts';
import { sitePki } from '../support/site-pki.ts';

const title = 'from the carton to green: token, one file, one command, daemons, and the same command again';
const root = path.join(import.meta.dirname, '../..');

(needs('mosquitto', title) ? test : test.skip)(title, async (t) => {
  t.timeout(600_000);
  const folder = freshFolder(t);
  const at = (name: string): string => path.join(folder, name);
  const pki = await sitePki(at('ca'), 'demo');
  const broker = await startMosquitto(pki, await pki.server(at('broker'), ['localhost']));
  t.teardown(() => broker.stop());
  const [port = 0] = await freePorts(1);
  const enrol = `https://localhost:${port}`;

  const kinds = ['i2c-bus', 'modbus-tcp', 'modbus-pty', 'winsen'] as const;
  const instruments = await Promise.all(
    kinds.map((one) => startInstrument(one, { seed: 1, startMs: Date.now(), port: 0 })),
  );
  t.teardown(() => Promise.all(instruments.map((one) => one.stop())));
  const [main, analyzer, pid, module] = instruments.map(({ address }) => address);
  const addresses = { main, analyzer, pid, module } as Addresses;
  const { config: centre, state: made } = await laySite(
    at('git'),
    path.join(root, 'firmware-configs'),
    addresses,
    broker.url,
  );
  rmSync(path.join(centre, 'devices'), { recursive: true });
  const profile = path.join(centre, 'profiles/gas-vapour.yaml');
  const { uplink, ...rest } = parse(readFileSync(profile, 'utf8')) as Record<string, object>;
  writeFileSync(profile, stringify({ ...rest, uplink: { ...uplink, renewal: enrol } }));

  const start = (...args: string[]): Program => {
    const one = startProgram(process.execPath, [path.join(root, 'daemons/main.ts'), ...args]);
    t.teardown(() => one.end('SIGKILL'));
    return one;
  };
  const until = async (what: string, isSo: () => boolean | Promise<boolean>, ...programs: Program[]): Promise<void> => {
    while (!(await isSo())) {
      for (const { child, output } of programs)
        if (child.exitCode !== null) throw new Error(`ended before ${what}:\n${output()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const identity = await pki.server(at('enrol'), ['localhost']);
  const service = start(
    'enrol',
    '--authority',
    pki.folder,
    '--identity',
    identity,
    '--port',
    `${port}`,
    '--config',
    centre,
  );
  await until('it listened', () => answers(port), service);

  const made7 = await fieldpost(['token', 'post-7', '--authority', pki.folder, '--enrol', enrol]);
  const [token = ''] = made7.out.split('\n');
  t.regex(made7.out, /█|▀|▄/, 'no code to scan');
  mkdirSync(at('boot'));
  const order = at('boot/fieldpost.yaml');
  writeFileSync(order, `token: ${token}\nwhere: { lat: 44.5, lon: 73.4, ceM: 5 }\n`);
  const place = ['--config', at('box/etc'), '--state', at('box/state'), '--feed', at('box/feed.sock')];
  const provision = (...more: string[]) => fieldpost(['provision', '--from', order, ...place, '--no-start', ...more]);

  const first = await provision();
  t.is(first.code, 1, first.err);
  t.regex(first.out, /air \(sht4x\): answers on main, serial 0fba1234/);
  t.regex(first.out, /which profile\? .*--profile gas-plume or --profile gas-vapour/);
  t.regex(readFileSync(order, 'utf8'), /^token: fp1/m, 'a token that is still needed was taken away');

  const second = await provision('--profile', 'gas-vapour');
  t.regex(second.out, /configuration without a mistake/, second.err);
  t.regex(readFileSync(order, 'utf8'), /The token was used/);
  t.notRegex(readFileSync(order, 'utf8'), /fp1\./);

  // What was measured and adjusted at the bench goes with the instruments.
  writeFileSync(at('box/state/calibrations.json'), readFileSync(path.join(made, 'calibrations.json')));
  const box = ['--device', 'post-7', ...place];
  const [gas, up] = [start('gas', ...box), start('uplink', ...box)];
  await until('it measured', () => existsSync(at('box/state/spool/gas.db')), gas);
  await until('it was connected', () => up.output().includes('connected to the broker'), up);

  const green = await provision();
  t.log(green.out);
  t.is(green.code, 0, green.out + green.err);
  t.regex(green.out, /GREEN post-7 is provisioned/);
  t.false((made7.err + first.out + second.out + green.out + service.output()).includes('PRIVATE'));
});
