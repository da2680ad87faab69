/**
 * The card of deploy/image in an emulated machine, prepared by a file on its boot partition as a person would: it is provisioned at its first
 * start, measures at its second, and is cut off without a warning both times. The centre and the instruments run on this machine.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { makeToken } from '../../daemons/tools/pki/token.ts';
import { startMosquitto } from '../support/mosquitto-tls.ts';
import { freePorts } from '../support/process.ts';
import { sitePki } from '../support/site-pki.ts';
import { boot, type Machine, recipe } from './machine.ts';
import { ran, ranWith } from './ran.ts';

const project = path.join(import.meta.dirname, '../..');
const main = path.join(project, 'daemons/main.ts');
/** What the machine sees this one as. */
const host = '10.0.2.2';
const megabyte = 1 << 20;
const bootMb = 256;
const stateMb = 512;
const limitMs = 15 * 60_000;

interface Rig {
  readonly room: string;
  readonly deb: string;
  readonly folder: string;
  readonly say: (text: string) => void;
}

/** Everything outside the box; gives the folder that a person copies to the boot partition. */
async function centre(folder: string): Promise<{ readonly prepared: string; heard(): string }> {
  const [i2c = 0, modbus = 0, pid = 0, module = 0, enrol = 0] = await freePorts(5);
  const site = await sitePki(path.join(folder, 'ca'), 'demo');
  const broker = await startMosquitto(site, await site.server(path.join(folder, 'broker'), [host, 'localhost']));
  const git = path.join(folder, 'git');
  for (const name of ['boards', 'profiles'])
    cpSync(path.join(project, 'firmware-configs', name), path.join(git, name), { recursive: true });
  const ports: Readonly<Record<string, number>> = { 4801: i2c, 4802: modbus, 4803: pid, 4804: module };
  const change = (name: string, to: (text: string) => string): void =>
    writeFileSync(path.join(git, name), to(readFileSync(path.join(git, name), 'utf8')));
  change('boards/sim-gas-8.yaml', (text) =>
    text.replaceAll(/127\.0\.0\.1:(\d+)/g, (_whole, port: string) => `${host}:${ports[port]}`),
  );
  change('profiles/gas-vapour.yaml', (text) => text.replace('mqtt://127.0.0.1:1883', `mqtts://${host}:${broker.port}`));
  const run = (...words: readonly string[]): void => {
    const child = spawn(process.execPath, [main, ...words], { stdio: ['pipe', 'ignore', 'inherit'] });
    process.once('exit', () => child.kill('SIGKILL'));
  };
  let brokerRuns = true;
  void broker.gone.then(() => (brokerRuns = false));
  process.once('exit', () => brokerRuns && process.kill(broker.pid, 'SIGKILL'));
  for (const [name, port] of [
    ['i2c-bus', i2c],
    ['modbus-tcp', modbus],
    ['modbus-tcp', pid],
    ['winsen', module],
  ] as const)
    run('instrument', name, JSON.stringify({ seed: 1, startMs: Date.now(), port }));
  const identity = await site.server(path.join(folder, 'enrol'), [host]);
  run('enrol', '--authority', site.folder, '--identity', identity, '--config', git, '--port', String(enrol));
  const given = { authority: site.folder, enrol: [`https://${host}:${enrol}`], hours: 48, replaces: false };
  const { text } = await makeToken('post-1', given);
  const prepared = path.join(folder, 'prepared');
  mkdirSync(prepared);
  const order = `token: ${text}\nboard: sim-gas-8\nprofile: gas-vapour\nwhere: { lat: 44.5, lon: 73.4, ceM: 5 }\n`;
  writeFileSync(path.join(prepared, 'fieldpost.yaml'), order);
  return { prepared, heard: broker.log };
}

/** The bytes of one partition in a file of its own. */
async function partition(card: string, at: number, size: number, to: string): Promise<string> {
  rmSync(to, { force: true });
  const words = [`if=${card}`, `of=${to}`, 'bs=1M', `skip=${at}`, `count=${size}`, 'conv=sparse', 'status=none'];
  await ran('dd', ...words);
  return to;
}
const sum = async (file: string): Promise<string> => (await ran('sha256sum', file)).slice(0, 64);
const onFat = (fat: string, name: string): string =>
  spawnSync('mtype', ['-i', fat, `::/${name}`], { encoding: 'utf8' }).stdout;

/** Until all of it was on the serial line; then as a power cut. Gives what never was. */
async function cutAfter(machine: Machine, words: readonly string[]): Promise<string[]> {
  const missing = (): string[] => words.filter((one) => !machine.console().includes(one));
  const until = performance.now() + limitMs;
  while (missing().length > 0 && performance.now() < until && machine.child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 1000));
  machine.child.kill('SIGKILL');
  await machine.ended;
  const never = missing();
  // Where daemons measure, what they say of it is most of the line.
  const rest = machine.console().replaceAll(/^.*"daemon":.*\n/gm, '');
  return never.length === 0 ? [] : [`never said: ${never.join(', ')}`, rest.slice(-12_000)];
}

/** What differs from what must be, in words. */
export async function cards({ room, deb, folder, say }: Rig): Promise<readonly string[]> {
  const { prepared, heard } = await centre(folder);
  const card = path.join(folder, 'card.img');
  const env = { BOOT: prepared, BOOT_MB: String(bootMb), STATE_MB: String(stateMb) };
  await ranWith(env, path.join(recipe, 'build.sh'), room, deb, card);
  say(`a card of ${(statSync(card).size / megabyte).toFixed(0)} MB`);
  const rootMb = statSync(path.join(room, 'root.img')).size / megabyte;
  const fat = (): Promise<string> => partition(card, 1, bootMb, path.join(folder, 'fat.img'));
  const root = async (): Promise<string> =>
    sum(await partition(card, 1 + bootMb, rootMb, path.join(folder, 'root.img')));
  const first = await fat();
  const [KERNEL, INITRD] = ['vmlinuz', 'initrd.img'].map((name) => path.join(folder, name)) as [string, string];
  for (const file of [KERNEL, INITRD]) await ran('mcopy', '-i', first, `::/${path.basename(file)}`, file);
  const APPEND = 'root=LABEL=fieldpost-root ro systemd.journald.forward_to_console=1';
  const start = (): Machine => boot({ room, disk: card, env: { KERNEL, INITRD, APPEND, NETWORK: 'yes' } });

  say('its first start');
  const provisioned = await cutAfter(start(), [
    'GREEN post-1',
    'fieldpost-provision.service: Deactivated successfully',
  ]);
  if (provisioned.length > 0) return provisioned;
  const order = await fat();
  const wrong = [
    ...(onFat(order, 'fieldpost.yaml.said.txt').includes('GREEN post-1') ? [] : ['nothing said on the boot partition']),
    ...(onFat(order, 'fieldpost.yaml').includes('fp1') ? ['the token is still on the boot partition'] : []),
  ];
  const before = [await root(), await sum(order)];

  say('provisioned and cut off; its second start');
  const again = await cutAfter(start(), ['measuring', 'connected to the broker']);
  const after = [await root(), await sum(await fat())];
  say(`root ${after[0]?.slice(0, 16)} before and after it`);
  const state = await partition(card, 1 + bootMb + rootMb, stateMb, path.join(folder, 'state.img'));
  // What the cut left in its journal.
  spawnSync('e2fsck', ['-p', state]);
  const spool = spawnSync('debugfs', ['-R', 'ls -p /fieldpost/spool', state], { encoding: 'utf8' }).stdout;
  return [
    ...wrong,
    ...again,
    ...(before[0] === after[0] ? [] : ['the root was written to']),
    ...(before[1] === after[1] ? [] : ['the boot partition was written to']),
    ...(spool.includes('/gas.db/') ? [] : [`no spool in the partition of the state: ${spool}`]),
    ...(heard().includes('post-1') ? [] : ['the broker never heard post-1']),
  ];
}
