import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openSpool } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { type Diagnosis, diagnose } from '../../../daemons/tools/doctor/doctor.ts';
import type { Area } from '../../../daemons/tools/doctor/finding.ts';
import { item } from '../../core/spool/keeping.ts';
import { sampleAlert } from '../../support/alerts.ts';
import { fieldpost } from '../../support/fieldpost.ts';
import { edit } from '../../support/gas-box.ts';
import { needs } from '../../support/needs.ts';
import { sitePki } from '../../support/site-pki.ts';

const root = path.join(import.meta.dirname, '../../..');

/**
 * A box's folders, a feed that tells the time, and a card that stands whatever the tests' own machine writes, so that a healthy
 * box is one with nothing to do.
 */
async function box(t: ExecutionContext): Promise<{ folder: string; state: string; ask: () => Promise<Diagnosis> }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-doctor-'));
  const state = path.join(folder, 'state');
  mkdirSync(path.join(state, 'spool'), { recursive: true });
  mkdirSync(path.join(state, 'identity'));
  cpSync(path.join(root, 'firmware-configs'), path.join(folder, 'config'), { recursive: true });
  edit(path.join(folder, 'config/boards/sim-gas-8.yaml'), (board) => ({ ...board, storage: { cycles: 1e9 } }));
  const feed = path.join(folder, 'feed.sock');
  const server = net.createServer((peer) => {
    peer.on('error', () => {});
    const monoNs = Number(process.hrtime.bigint());
    peer.end(`${JSON.stringify({ kind: 'time', monoNs, wallMs: Date.now(), uncertaintyMs: 3 })}\n`);
  });
  await new Promise<void>((resolve) => server.listen(feed, resolve));
  t.teardown(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const agent = path.join(folder, 'agent');
  const ask = () => diagnose({ config: path.join(folder, 'config'), agent, device: 'post-1', state, feed });
  return { folder, state, ask };
}

const of = ({ findings }: Diagnosis, area: Area): string[] =>
  findings.filter((one) => one.area === area).map(({ level, text }) => `${level} ${text}`);

async function filled(state: string): Promise<string> {
  const file = path.join(state, 'spool', 'gas.db');
  const spool = await openSpool({ path: file, device: 'post-1', telemetryHoldMs: 0 });
  for (let i = 0; i < 50; i++) await spool.append([item('tele', i), item('event', i)]);
  await spool.append([], { wear: { mbPerDay: 12, budgetMbPerDay: 300, telemetryHoldMs: 10_000 } });
  await spool.close();
  return file;
}

/** An identity folder as provisioning would lay it. Days relative to now. */
async function identify(state: string, name = 'post-1', days: readonly [number, number] = [-1, 100]): Promise<void> {
  const site = await sitePki(path.join(state, '..', 'pki'));
  await site.device(path.join(state, 'identity'), name, days);
}

test('a box in order has nothing to do, and says that a stolen card is readable', async (t) => {
  const { state, ask } = await box(t);
  await filled(state);
  await identify(state);
  const found = await ask();
  t.is(found.code, 0, JSON.stringify(found.findings.filter(({ level }) => level === 'warning' || level === 'error')));
  t.regex(of(found, 'spool').join(), /ok gas\.db: 0 alert, 50 event, 50 tele wait/);
  t.regex(of(found, 'clock').join(), /^ok .* good to \d+ ms by gnss/);
  t.regex(of(found, 'wear').join(), /ok gas writes 12 MB a day of 300/);
  t.regex(of(found, 'encryption').join(), /note .*a stolen card is readable/);
});

test('what the agent put in force is looked at before what was laid on the box, and a mistake in either is told', async (t) => {
  const { folder, ask } = await box(t);
  const laid = path.join(folder, 'config');
  const sent = path.join(folder, 'agent/applied/config');
  cpSync(laid, sent, { recursive: true });
  symlinkSync('applied', path.join(folder, 'agent/current'));
  const config = async (): Promise<string> => of(await ask(), 'config').join('\n');
  t.regex(await config(), /^ok .*agent\/current\/config \(sent by the centre, in force\): post-1 .* in order$/);
  const profile = 'profiles/gas-vapour.yaml';
  edit(path.join(laid, profile), (one) => ({ ...one, spool: { tele: { megabytes: 'many' } } }));
  t.regex(await config(), /ok .*in force[\s\S]*warning .*gas-vapour\.yaml spool tele\.megabytes.*\(not in force/);
  cpSync(path.join(laid, profile), path.join(sent, profile));
  const { findings, code } = await ask();
  t.is(code, 1);
  const wrong = findings.find(({ level }) => level === 'error');
  t.regex(wrong?.text ?? '', /current\/config\/profiles\/gas-vapour\.yaml spool tele\.megabytes/);
  t.regex(JSON.stringify(wrong), /mend it at the centre/);
});

test('a damaged spool, a foreign file and a foreign database are named; the rest is still told', async (t) => {
  const { state, ask } = await box(t);
  const file = await filled(state);
  const bytes = readFileSync(file);
  for (let at = 100; at < bytes.length; at += 512) randomBytes(64).copy(bytes, at);
  writeFileSync(file, bytes);
  writeFileSync(path.join(state, 'spool', 'holiday.jpg'), 'x');
  writeFileSync(path.join(state, 'spool', 'other.db'), 'not a database at all, but long enough to look like one');
  const found = await ask();
  t.is(found.code, 1);
  const said = of(found, 'spool').join('\n');
  t.regex(said, /error gas\.db is damaged/);
  t.regex(said, /error other\.db (is damaged|cannot be read)/);
  t.regex(said, /no spool: holiday\.jpg/);
  t.true(of(found, 'clock').length > 0 && of(found, 'disk').length > 0);
  t.true(readFileSync(file).equals(bytes), 'the doctor changed a damaged file');
});

test('what a killed daemon left beside its spool goes away while it is looked at, and hides nothing', async (t) => {
  const { state, ask } = await box(t);
  const file = await filled(state);
  writeFileSync(`${file}-open`, '');
  t.regex(of(await ask(), 'spool').join(), /ok gas\.db: 0 alert, 50 event, 50 tele wait/);
});

test('spools cut short anywhere never end the doctor', async (t) => {
  const { state, ask } = await box(t);
  const file = await filled(state);
  const bytes = readFileSync(file);
  for (const length of [0, 1, 99, 4096, 5000, bytes.length - 1]) {
    writeFileSync(file, bytes);
    truncateSync(file, length);
    const found = await ask();
    t.is(found.code, 1, `${length}`);
    t.true(
      of(found, 'spool').some((line) => /^(error|warning)/.test(line)),
      `${length}`,
    );
  }
});

test('an alert that the centre has not confirmed for an hour asks to look at the uplink', async (t) => {
  const { state, ask } = await box(t);
  const spool = await openSpool({ path: path.join(state, 'spool', 'gas.db'), device: 'post-1' });
  const at = { wallMs: Date.now() - 3 * 3_600_000, monoNs: 1, boot: 'b', synced: true, uncertaintyMs: 5 };
  await spool.append([{ stream: 'alert', at, body: sampleAlert('a-1', {}, at.wallMs) }], {
    alert: { vapour: { id: 'a-1', rev: 1, since: at, peak: 1, saidMs: 0 } },
  });
  await spool.close();
  const said = of(await ask(), 'alerts').join('\n');
  t.regex(said, /warning gas\.db: the last alert .* waits for 3 h/);
  t.regex(said, /note gas\.db: vapour is raised since/);
});

test('certificates: expired, due, for another device, of another authority, and an open key are told apart', async (t) => {
  const { state, ask } = await box(t);
  const said = async (): Promise<string> => of(await ask(), 'identity').join('\n');
  await identify(state, 'post-1', [-10, -3]);
  t.regex(await said(), /error certificate post-1: .* expired 3 days ago; the box measures and keeps/);
  await identify(state, 'post-1', [-1, 5]);
  t.regex(await said(), /warning certificate post-1: .* (5 days|1\d\d h) left/);
  await identify(state, 'post-1', [1, 5]);
  t.regex(await said(), /error certificate post-1: .* not valid yet/);
  await identify(state, 'post-2');
  t.regex(await said(), /error .* is for post-2; must be for post-1/);
  const key = readFileSync(path.join(state, 'identity', 'device.key'));
  const ca = readFileSync(path.join(state, 'identity', 'ca.crt'));
  await identify(state);
  writeFileSync(path.join(state, 'identity', 'ca.crt'), ca);
  writeFileSync(path.join(state, 'identity', 'device.key'), key);
  chmodSync(path.join(state, 'identity', 'device.key'), 0o644);
  const mixed = await said();
  t.regex(mixed, /was not issued by/);
  t.regex(mixed, /does not belong to the certificate/);
  t.regex(mixed, /mode 0644/);
  writeFileSync(path.join(state, 'identity', 'device.crt'), 'nonsense');
  rmSync(path.join(state, 'identity', 'ca.crt'));
  t.regex(await said(), /ca\.crt is missing[\s\S]*device\.crt: holds no certificate/);
});

test('a state folder that is a file, and things in the place of others, are findings', async (t) => {
  const { state, ask } = await box(t);
  rmSync(path.join(state, 'spool'), { recursive: true });
  writeFileSync(path.join(state, 'spool'), 'a file');
  writeFileSync(path.join(state, 'clock.json'), '{');
  mkdirSync(path.join(state, 'identity', 'device.crt'));
  const first = await ask();
  t.is(first.code, 1);
  t.regex(of(first, 'spool').join(), /error cannot be looked at: ENOTDIR/);
  rmSync(state, { recursive: true });
  writeFileSync(state, 'a file');
  t.is((await ask()).code, 1);
});

test('no folder, no configuration, no device: the screen names each, ends with 1 and shows no stack', async (t) => {
  const asked = ['--config', '/nowhere/config', '--device', 'nobody', '--state', '/nowhere/state'];
  const { code, out, err } = await fieldpost(['doctor', ...asked]);
  t.is(code, 1);
  t.regex(out, /BAD {3}config {6}\/nowhere\/config\/devices\/nobody\.yaml: cannot be read/);
  t.regex(out, /BAD {3}disk {8}the state folder \/nowhere\/state is not there/);
  t.notRegex(out + err, /\n\s+at /);
  const json = await fieldpost(['doctor', ...asked, '--json']);
  t.like(JSON.parse(json.out), { v: 1, device: 'nobody', code: 1 });
});

if (process.getuid?.() === 0 && needs('mount', 'the doctor on a full disk'))
  test('a full disk is told, also where the spool cannot be opened on it', async (t) => {
    const { state, ask } = await box(t);
    rmSync(state, { recursive: true });
    mkdirSync(state);
    t.is(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', state]).status, 0);
    t.teardown(() => spawnSync('umount', ['-l', state]));
    mkdirSync(path.join(state, 'spool'));
    await filled(state);
    const fill = Buffer.alloc(64_000);
    try {
      for (let i = 0; ; i++) writeFileSync(path.join(state, `fill-${i}`), fill);
    } catch (error) {
      t.is((error as NodeJS.ErrnoException).code, 'ENOSPC');
    }
    const found = await ask();
    t.is(found.code, 1);
    t.regex(of(found, 'disk').join('\n'), /error .* is full/);
    t.regex(of(found, 'disk').join('\n'), /not on a disk/);
    t.true(of(found, 'spool').length > 0);
  });
