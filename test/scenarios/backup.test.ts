/** A centre that is lost and comes back from `fieldpost backup`: its store, its authority, its keys; and then boxes go on. */
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { sealKeyOf } from '../../daemons/console/config.ts';
import { openArchiveAt, openRecordsAt } from '../../daemons/core/adapters/centre.ts';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { renewOver } from '../../daemons/core/adapters/renewal.https.ts';
import { sealKeysIn } from '../../daemons/core/adapters/seals.files.ts';
import { findBrokenLink } from '../../daemons/core/evidence/chain.ts';
import type { Records } from '../../daemons/core/ports/records.ts';
import { backup, restore } from '../../daemons/tools/backup/backup.ts';
import { initSite } from '../../daemons/tools/fleet/site-keys.ts';
import { device as centreDevice, deny } from '../../daemons/tools/pki/authority.ts';
import { freshFolder, until } from '../core/spool/keeping.ts';
import { fieldpost } from '../support/fieldpost.ts';
import { startMosquitto } from '../support/mosquitto-tls.ts';
import { needs } from '../support/needs.ts';
import { startPostgres } from '../support/postgres.ts';
import { serve } from '../support/provisioning.ts';
import { sentChain } from '../support/sent-chain.ts';
import { sitePki } from '../support/site-pki.ts';
import { connectWith } from '../support/tls-client.ts';

const passphrase = 'correct horse battery staple';
const [device, spool] = ['post-7', 's1'];

async function withRecords<T>(where: string, work: (records: Records) => Promise<T>): Promise<T> {
  const records = await openRecordsAt(where);
  try {
    return await work(records);
  } finally {
    await records.close();
  }
}

async function chainOf(where: string): Promise<readonly string[]> {
  const archive = await openArchiveAt(where);
  try {
    return (await archive.read({ device, spool, stream: 'alert' }, 1, 1000)).map(({ text }) => text);
  } finally {
    await archive.close();
  }
}

interface Stores {
  readonly from: string;
  /** Where it is after the restore. */
  readonly to: (into: string) => string;
  readonly flag: readonly string[];
  destroy(): Promise<void>;
}

async function comesBack(t: ExecutionContext, folder: string, { from, to, flag, destroy }: Stores): Promise<void> {
  const at = (name: string): string => path.join(folder, name);
  const box = sentChain(device, spool);
  const cursor = await withRecords(from, async (records) => {
    await records.commit(box.more(20), Date.now());
    await records.acknowledge(`${device}.${spool}.3`, 'op-17', Date.now());
    return (await records.changes(0, 1000)).cursor;
  });
  writeFileSync(at('phrase'), `${passphrase}\n`, { mode: 0o600 });
  const words = ['--records', from, '--folder', at('ca'), '--passphrase-file', at('phrase')];
  const made = await fieldpost(['backup', '--out', at('centre.backup'), ...words]);
  t.is(made.code, 0, made.err);
  await destroy();
  rmSync(at('ca'), { recursive: true });

  const into = at('restored');
  const back = ['--into', into, '--passphrase-file', at('phrase'), ...flag];
  const restored = await fieldpost(['restore', at('centre.backup'), ...back]);
  t.is(restored.code, 0, restored.err);
  t.is((statSync(path.join(into, 'ca/ca.key')).mode & 0o777).toString(8), '600');
  const where = to(into);
  await withRecords(where, async (records) => {
    t.like(await records.counts(), { envelopes: 20, alerts: 20, acknowledged: 1 });
    t.like(await records.watermark(device, spool, 'alert'), { through: 20, missing: [] });
    // The box goes on where it was; what it sends again is known.
    const next = box.more(5);
    t.deepEqual([...new Set(await records.commit(next, Date.now()))], ['new']);
    t.deepEqual([...new Set(await records.commit(next, Date.now()))], ['duplicate']);
    t.like(await records.watermark(device, spool, 'alert'), { through: 25, missing: [] });
    const { alerts } = await records.changes(0, 1000);
    t.is(alerts.length, 25);
    t.deepEqual(
      alerts.filter(({ acknowledged }) => acknowledged).map(({ alert }) => alert.id),
      [`${device}.${spool}.3`],
    );
  });
  t.is(findBrokenLink(await chainOf(where)), null);
  t.is((await chainOf(where)).length, 25);
  // A page that was open before sees what came after: numbers of changes go on above those of before.
  if (flag.length === 0)
    t.true((await withRecords(where, (records) => records.changes(cursor, 1000))).alerts.length >= 5);
}

test('a store in a file, backed up while a ledger has it open, comes back whole and goes on', async (t) => {
  t.timeout(120_000);
  const folder = freshFolder(t);
  await sitePki(path.join(folder, 'ca'));
  const from = path.join(folder, 'ledger.db');
  const open = await openRecordsAt(from);
  await comesBack(t, folder, {
    ...{ from, to: (into) => path.join(into, 'records.db'), flag: [] },
    destroy: async () => {
      await open.close();
      for (const file of globSync(`${from}*`)) rmSync(file);
    },
  });
});

const what = 'a store in PostgreSQL comes back into another, empty database and goes on';
(needs('initdb', what) && needs('pg_dump', what) ? test : test.skip)(what, async (t) => {
  t.timeout(300_000);
  const folder = freshFolder(t);
  await sitePki(path.join(folder, 'ca'));
  const server = await startPostgres();
  t.teardown(server.close);
  const [from, to] = [await server.database('before'), await server.database('after')];
  await comesBack(t, folder, {
    ...{ from, to: () => to, flag: ['--records', to] },
    destroy: async () => void (await server.query('postgres', 'DROP DATABASE before WITH (FORCE)')),
  });
});

const mosquitto = needs('mosquitto', 'boxes at a restored centre') ? test : test.skip;
mosquitto(
  'boxes connect to a restored centre with what they have, are renewed by it, and who was denied stays so',
  async (t) => {
    t.timeout(180_000);
    const folder = freshFolder(t);
    const at = (name: string): string => path.join(folder, name);
    const site = await sitePki(at('ca'));
    await site.server(at('broker'));
    await site.server(at('enrol'));
    await initSite(at('release'), 'north', 100);
    const issue = (name: string) => centreDevice(name, { authority: site.folder, out: at(name), days: 1 });
    for (const name of ['post-1', 'post-2']) await issue(name);
    await deny(site.folder, 'post-2', 'stolen');
    const operator = readFileSync(at('release/keys/operator.key'), 'utf8');
    const folders = ['ca', 'broker', 'enrol', 'release'].map(at);
    await backup(at('centre.backup'), { folders, passphrase });
    for (const one of folders) rmSync(one, { recursive: true });
    await restore(at('centre.backup'), { into: at('new'), passphrase });

    t.is(readFileSync(at('new/release/keys/operator.key'), 'utf8'), operator);
    const again = { ...site, folder: at('new/ca') };
    writeFileSync(at('new/broker/denied.crl'), readFileSync(at('new/ca/denied.crl')));
    const broker = await startMosquitto(again, at('new/broker'), { denied: null });
    t.teardown(broker.stop);
    const [known, stolen] = ['post-1', 'post-2'].map((name) => connectWith(t, broker.url, { identity: at(name) }));
    await until(() => known?.broker.connected === true && stolen?.refusals.length !== 0);
    t.is(stolen?.refusals[0]?.kind, 'own-revoked');
    const url = await serve(t, again, at('new/enrol'), null);
    t.is((await renewOver(url, identityIn(at('post-1')))()).outcome, 'issued');
    t.is((await renewOver(url, identityIn(at('post-2')))()).outcome, 'refused');
  },
);

test('the key that seals secrets of a store in a file comes back beside it', async (t) => {
  const folder = freshFolder(t);
  const at = (name: string): string => path.join(folder, name);
  await withRecords(at('ledger.db'), async () => {});
  await sealKeysIn(at('ledger.db.key')).make();
  const key = readFileSync(at('ledger.db.key'), 'utf8');
  await backup(at('a.backup'), { records: at('ledger.db'), folders: [], passphrase });
  t.false(readFileSync(at('a.backup')).includes(key));
  await restore(at('a.backup'), { into: at('new'), passphrase });
  t.is(readFileSync(at('new/records.db.key'), 'utf8'), key);
  t.is(statSync(at('new/records.db.key')).mode & 0o777, 0o600);
  t.true(sealKeysIn(sealKeyOf({ records: at('new/records.db') }) ?? '').isThere());
});

test('nothing is overwritten, and a backup that is not whole leaves nothing behind', async (t) => {
  const folder = freshFolder(t);
  const at = (name: string): string => path.join(folder, name);
  await sitePki(at('ca'));
  await backup(at('a.backup'), { folders: [at('ca')], passphrase });
  t.deepEqual(globSync(at('.backup-*')), []);
  await t.throwsAsync(backup(at('a.backup'), { folders: [at('ca')], passphrase }), { message: /never overwritten/ });
  await t.throwsAsync(restore(at('a.backup'), { into: at('ca'), passphrase }), { message: /never overwritten/ });
  await t.throwsAsync(restore(at('a.backup'), { into: at('b'), passphrase: 'another passphrase' }), {
    message: /the passphrase is another one/,
  });
  const whole = readFileSync(at('a.backup'));
  writeFileSync(at('cut.backup'), whole.subarray(0, whole.length - 40));
  await t.throwsAsync(restore(at('cut.backup'), { into: at('b'), passphrase }), { message: /nothing of it was used/ });
  t.false(existsSync(at('b')) || existsSync(at('b.part')));
  await t.throwsAsync(backup(at('c'), { folders: [at('ca')], passphrase: 'short' }), { message: /12 characters/ });
  const twice = [at('ca'), path.join(freshFolder(t), 'ca')];
  await t.throwsAsync(backup(at('c'), { folders: twice, passphrase }), { message: /two folders are called ca/ });
  writeFileSync(at('phrase'), passphrase, { mode: 0o644 });
  const said = await fieldpost(['restore', at('a.backup'), '--into', at('b'), '--passphrase-file', at('phrase')]);
  t.is(said.code, 2);
  t.regex(said.err, /mode 0600/);
});
