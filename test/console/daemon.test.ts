import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { consoleLine } from '../../daemons/console/daemon.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { keptLog, runningUntil } from '../support/console.ts';
import { openSse } from '../support/sse.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-console-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const local = { host: '127.0.0.1', port: 0, open: true };

test('on the real store: what another process commits reaches the page, and what the page acknowledges is stored once', async (t) => {
  const file = path.join(folder, 'central.db');
  const ledger = await openRecords(file);
  await ledger.birth('north', 'post-7', { simulated: true, where: { lat: 51.1694, lon: 71.4491 } }, 1000);
  const stop = new AbortController();
  const log = keptLog();
  const line = consoleLine({ ...local, records: file }, runningUntil(stop.signal, log));
  const url = String((await log.said('listening')).fields.url);

  const client = await openSse(`${url}/api/stream`);
  const state = (await client.nextOf('state')).data as { devices: { device: string; simulated: boolean }[] };
  t.like(state.devices[0], { device: 'post-7', simulated: true });
  await ledger.commit([alertArrival(sampleAlert('a1'), 1)], Date.now());
  const change = (await client.nextOf('changes')).data as { alerts: { alert: { id: string } }[] };
  t.is(change.alerts[0]?.alert.id, 'a1');

  for (const by of ['op-1', 'op-2']) {
    const response = await fetch(`${url}/api/alerts/a1/acknowledge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by }),
    });
    t.like(await response.json(), { acknowledged: { by: 'op-1' } });
  }
  t.is((await ledger.counts()).acknowledged, 1);
  const told = (await client.nextOf('changes')).data as {
    alerts: { alert: { condition: string }; acknowledged: unknown }[];
  };
  t.like(told.alerts[0], { acknowledged: { by: 'op-1' }, alert: { condition: 'raised' } });

  const html = await (await fetch(url)).text();
  for (const [, asset] of html.matchAll(/(?:src|href|content)="(\/assets\/[^"]+)"/g)) {
    const response = await fetch(url + asset);
    t.is(response.status, 200, asset);
    await response.body?.cancel();
  }
  stop.abort();
  await line;
  t.is(await client.next(), null);
  await ledger.close();
});

test('a host that others can reach is refused before anything is opened', async (t) => {
  const config = { ...local, host: '0.0.0.0', records: path.join(folder, 'never.db') };
  const error = await t.throwsAsync(consoleLine(config, runningUntil(AbortSignal.timeout(60_000))));
  t.true(isFault(error) && error.kind === 'config');
});

test('a store in a folder that is not there is refused by name', async (t) => {
  const config = { ...local, records: path.join(folder, 'nowhere/central.db') };
  const error = await t.throwsAsync(consoleLine(config, runningUntil(AbortSignal.timeout(60_000))));
  t.true(isFault(error) && error.kind === 'config');
  t.regex(error?.message ?? '', /nowhere\/central\.db.*must be a file that can be written/);
});

test('a port that is taken is refused by number', async (t) => {
  const { createServer } = await import('node:net');
  const taken = createServer();
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port));
  });
  const config = { ...local, port, records: path.join(folder, 'taken.db') };
  const error = await t.throwsAsync(consoleLine(config, runningUntil(AbortSignal.timeout(60_000))));
  t.true(isFault(error) && error.kind === 'refused');
  t.regex(error?.message ?? '', new RegExp(`127\\.0\\.0\\.1:${port}`));
  taken.close();
});
