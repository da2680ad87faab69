import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { openSqliteDesk } from '../../daemons/core/adapters/desk.sqlite.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { checkCap } from '../../daemons/core/cap/check.ts';
import { deliveryIn, dispatchConfig } from '../../daemons/dispatch/config.ts';
import { dispatchLine } from '../../daemons/dispatch/daemon.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { keptLog, runningUntil } from '../support/console.ts';

test('a dispatcher with a CAP folder writes each message once, and one that starts anew writes nothing again', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-cap-folder-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [file, out] = [path.join(folder, 'central.db'), path.join(folder, 'cap')];
  const [ledger, desk] = [await openRecords(file), openSqliteDesk(file)];
  t.teardown(async () => void (await Promise.all([ledger.close(), desk.close()])));
  const config = dispatchConfig.parse({ dwellings: false, cap: { folder: out, addresses: ['fire@example.org'] } });
  const start = () => {
    const stop = new AbortController();
    const log = keptLog();
    const line = dispatchLine(
      { config, delivery: deliveryIn(config, 'x'), records: file },
      runningUntil(stop.signal, log),
    );
    const end = async (): Promise<void> => {
      stop.abort();
      await line;
    };
    return { log, stop: end };
  };
  const files = async (n: number): Promise<readonly string[]> => {
    for (;;) {
      const names = readdirSync(out).filter((name) => name.endsWith('.xml'));
      if (names.length >= n) return names.sort();
      await sleep(10);
    }
  };
  const first = start();
  await first.log.said('dispatching');
  await ledger.commit([alertArrival(sampleAlert('a', { flags: [] }), 1)], Date.now() - 5000);
  await files(1);
  const deed = { what: 'resolve', outcome: 'found', text: '' } as const;
  await desk.act({ alert: 'a', by: 'op-1', role: 'operator', atMs: Date.now(), deed });
  const names = await files(2);
  await first.stop();
  for (const name of names) t.deepEqual(checkCap(readFileSync(path.join(out, name), 'utf8')), []);
  t.regex(readFileSync(path.join(out, names[1] ?? ''), 'utf8'), /<msgType>Cancel<.*<scope>Private</);
  const again = start();
  await ledger.commit([alertArrival(sampleAlert('b', { flags: [] }), 2)], Date.now());
  await files(3);
  await again.stop();
  t.deepEqual(
    again.log.lines.filter(({ message }) => message === 'CAP messages written').map(({ fields }) => fields),
    [{ alert: 'b', messages: 1 }],
  );
});
