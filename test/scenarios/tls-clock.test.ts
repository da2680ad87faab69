import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { freshFolder, until } from '../core/spool/keeping.ts';
import { layAwayBox } from '../support/away-box.ts';
import { startMosquitto } from '../support/mosquitto-tls.ts';
import { needs } from '../support/needs.ts';
import { freePorts, startProgram } from '../support/process.ts';
import { sitePki } from '../support/site-pki.ts';

const daemons = path.join(import.meta.dirname, '../../daemons');
const library = globSync('/usr/lib/*/faketime/libfaketime.so.1')[0];
const both =
  needs('mosquitto', 'a wrong clock and TLS') && needs('faketime', 'a wrong clock and TLS') ? test : test.skip;

both('an uplink whose machine says 1970 tells that the time is not set, and renews nothing', async (t) => {
  const folder = freshFolder(t);
  const site = await sitePki(path.join(folder, 'ca'));
  const [port = 0, enrol = 0] = await freePorts(2);
  const broker = await startMosquitto(site, await site.server(path.join(folder, 'broker')), { port });
  t.teardown(broker.stop);
  const state = path.join(folder, 'box');
  await site.device(path.join(state, 'identity'), 'post-1', [-300, 90]);
  layAwayBox(path.join(folder, 'config'), port, enrol);
  const uplink = startProgram('/usr/bin/env', [
    // Not by the program faketime itself: it would stay between us and the daemon.
    `LD_PRELOAD=${library}`,
    'FAKETIME=@1970-01-02 00:00:00',
    'FAKETIME_DONT_FAKE_MONOTONIC=1',
    process.execPath,
    path.join(daemons, 'main.ts'),
    'uplink',
    ...['--config', path.join(folder, 'config'), '--device', 'post-1', '--state', state],
  ]);
  t.teardown(() => uplink.end('SIGKILL'));
  await until(() => uplink.output().includes('broker lost'));
  t.regex(uplink.output(), /the box's clock says 1970-01-02: the time is not set yet.*Nothing is wrong with the files/);
  t.notRegex(uplink.output(), /renewed|renewal/);
  t.is(uplink.child.exitCode, null);
});

test('measuring judges no certificate: nothing that the gas daemon loads can read one or open TLS', (t) => {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file) || !existsSync(file)) return;
    seen.add(file);
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\(|new URL\()\s*'(\.[^']+)'/g))
      visit(path.join(path.dirname(file), target));
  };
  visit(path.join(daemons, 'gas/daemon.ts'));
  t.true(seen.size > 50, `${seen.size} files`);
  const reads = [...seen].filter((file) =>
    /X509Certificate|node:tls|node:https|pki\//.test(readFileSync(file, 'utf8')),
  );
  t.deepEqual(
    reads.map((file) => path.relative(daemons, file)),
    [],
  );
});
