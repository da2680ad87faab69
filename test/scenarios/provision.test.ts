/**
 * A box out of its carton, by the commands of the technician's guide: token and enrolment at the centre, a file on the boot
 * partition, and the box's daemons against a broker that takes none but its certificate. The instruments are simulated.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { freshFolder } from '../core/spool/keeping.ts';
import { layCarton } from '../support/carton.ts';
import { needs } from '../support/needs.ts';

const title = 'from the carton to green: token, one file, one command, daemons, and the same command again';

(needs('mosquitto', title) ? test : test.skip)(title, async (t) => {
  t.timeout(600_000);
  const { at, token, provision, daemon, layCalibrations, until, service } = await layCarton(freshFolder(t), (end) =>
    t.teardown(end),
  );
  const made7 = await token('post-7');
  t.regex(made7.out, /█|▀|▄/, 'no code to scan');
  mkdirSync(at('boot'));
  const order = at('boot/fieldpost.yaml');
  writeFileSync(order, `token: ${made7.token}\nwhere: { lat: 44.5, lon: 73.4, ceM: 5 }\n`);

  const first = await provision('box', '--from', order);
  t.is(first.code, 1, first.err);
  t.regex(first.out, /air \(sht4x\): answers on main, serial 0fba1234/);
  t.regex(first.out, /which profile\? .*--profile gas-plume or --profile gas-vapour/);
  t.regex(readFileSync(order, 'utf8'), /^token: fp1/m, 'a token that is still needed was taken away');

  const second = await provision('box', '--from', order, '--profile', 'gas-vapour');
  t.regex(second.out, /configuration without a mistake/, second.err);
  t.regex(readFileSync(order, 'utf8'), /The token was used/);
  t.notRegex(readFileSync(order, 'utf8'), /fp1\./);

  layCalibrations('box');
  const [gas, up] = [daemon('gas', 'box', 'post-7'), daemon('uplink', 'box', 'post-7')];
  await until('it measured', () => existsSync(at('box/state/spool/gas.db')), gas);
  await until('it was connected', () => up.output().includes('connected to the broker'), up);

  const green = await provision('box', '--from', order);
  t.log(green.out);
  t.is(green.code, 0, green.out + green.err);
  t.regex(green.out, /GREEN post-7 is provisioned/);
  t.false((made7.out + first.out + second.out + green.out + service.output()).includes('PRIVATE'));
});
