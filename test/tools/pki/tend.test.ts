import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { identityIn } from '../../../daemons/core/adapters/identity.files.ts';
import { factsOf } from '../../../daemons/core/pki/facts.ts';
import * as centre from '../../../daemons/tools/pki/authority.ts';
import { type TendConfig, tendLine } from '../../../daemons/tools/pki/tend.ts';
import { freshFolder, until } from '../../core/spool/keeping.ts';
import { serve } from '../../support/provisioning.ts';
import { dayMs, put, sitePki } from '../../support/site-pki.ts';

async function lay(t: ExecutionContext) {
  const folder = freshFolder(t);
  const site = await sitePki(path.join(folder, 'ca'));
  await centre.deny(site.folder, 'nobody', 'makes the first list');
  const broker = await site.server(path.join(folder, 'broker'));
  put(broker, 'denied.crl', readFileSync(path.join(site.folder, 'denied.crl'), 'utf8'));
  const log: string[] = [];
  const tend = (more: Partial<TendConfig> = {}): void => {
    const stop = new AbortController();
    const config = {
      folders: [broker],
      from: { authority: site.folder },
      restart: null,
      everyMs: 20,
      days: 398,
      ...more,
    };
    const say = (message: string, fields: object = {}): void => void log.push(`${message} ${JSON.stringify(fields)}`);
    const running = tendLine(config, {
      ...{ signal: stop.signal, progress: () => {}, log: { info: say, warn: say, error: say }, clock: systemClock() },
    });
    t.teardown(async () => {
      stop.abort();
      await running;
    });
  };
  const device = async (name: string): Promise<string> => {
    await centre.device(name, { authority: site.folder, out: path.join(folder, name), days: 398 });
    return identityIn(path.join(folder, name)).read().facts.serial;
  };
  return { folder, site, broker, log, tend, device, list: () => readFileSync(path.join(broker, 'denied.crl'), 'utf8') };
}

test('a denied box is on the list of the broker, which is told once; a restart that fails is not forgotten', async (t) => {
  const { folder, site, broker, log, tend, device, list } = await lay(t);
  await device('post-1');
  const count = path.join(folder, 'restarts');
  const gate = path.join(folder, 'gate');
  tend({ restart: `test -e ${gate} && echo restarted >> ${count}` });
  const before = list();
  await until(() => log.some((line) => line.startsWith('tending')));
  await centre.deny(site.folder, 'post-1', 'stolen');
  await until(() => log.some((line) => line.startsWith(`restart for ${broker}: comes to nothing`)));
  t.not(list(), before);
  t.is(list(), readFileSync(path.join(site.folder, 'denied.crl'), 'utf8'));
  t.true(existsSync(path.join(broker, 'restart-due')));
  writeFileSync(gate, '');
  await until(() => existsSync(count) && !existsSync(path.join(broker, 'restart-due')));
  // Another look, in which nothing is new.
  await device('post-2');
  await centre.deny(site.folder, 'post-2', 'stolen too');
  await until(() => readFileSync(count, 'utf8').split('\n').length > 2);
  t.is(readFileSync(count, 'utf8'), 'restarted\nrestarted\n');
});

test('over the network the same list comes from the renewal service; one that forgot a box is not taken', async (t) => {
  const { folder, site, broker, log, tend, device, list } = await lay(t);
  await device('post-1');
  const service = await serve(t, site, await site.server(path.join(folder, 'enrol')), null);
  tend({ from: { service }, restart: 'true' });
  await centre.deny(site.folder, 'post-1', 'stolen');
  await until(() => log.some((line) => line.startsWith('restarted')));
  const denied = list();
  // As of a copy of the authority that was made before.
  writeFileSync(path.join(site.folder, 'denied.txt'), '');
  await device('post-2');
  await centre.deny(site.folder, 'post-2', 'stolen');
  await until(() => log.some((line) => /no longer denies 1 certificates/.test(line)));
  t.is(list(), denied);
  await centre.deny(site.folder, 'post-1', 'again');
  await until(() => list() !== denied);
  await until(() => log.some((line) => line.startsWith(`deny list in ${broker}: goes on`)));
  t.pass();
});

test('certificates of the centre are renewed in time, each for its own key; a broker is then restarted', async (t) => {
  const { folder, site, log, tend } = await lay(t);
  const late = await site.server(path.join(folder, 'late'), ['localhost'], [-90, 10]);
  const ledger = await site.device(path.join(folder, 'ledger'), 'ledger', [-90, 10]);
  const fresh = await site.device(path.join(folder, 'console'), 'console');
  const read = (file: string): string => readFileSync(file, 'utf8');
  const keys = [path.join(late, 'server.key'), path.join(ledger, 'device.key')].map(read);
  const before = read(path.join(fresh, 'device.crt'));
  tend({ folders: [late, ledger, fresh], restart: 'true' });
  const untilOf = (file: string): number => factsOf(read(file), file).untilMs;
  await until(() => untilOf(path.join(ledger, 'device.crt')) > Date.now() + 300 * dayMs);
  await until(() => log.filter((line) => line.startsWith('restarted')).length > 0);
  t.true(untilOf(path.join(late, 'server.crt')) > Date.now() + 300 * dayMs);
  t.deepEqual([path.join(late, 'server.key'), path.join(ledger, 'device.key')].map(read), keys);
  t.is(read(path.join(fresh, 'device.crt')), before);
  t.is(identityIn(ledger).read().facts.name, 'ledger');
});

test("a program's certificate is renewed over the network, a server's is not: it is said where", async (t) => {
  const { folder, site, log, tend } = await lay(t);
  const service = await serve(t, site, await site.server(path.join(folder, 'enrol')), null);
  const late = await site.server(path.join(folder, 'late'), ['localhost'], [-90, 10]);
  const ledger = await site.device(path.join(folder, 'ledger'), 'ledger', [-90, 10]);
  tend({ folders: [late, ledger], from: { service } });
  await until(() => identityIn(ledger).read().facts.untilMs > Date.now() + 300 * dayMs);
  await until(() => log.some((line) => /servers are renewed where the authority is: fieldpost pki renew/.test(line)));
  t.pass();
});
