import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openSqliteDesk } from '../../daemons/core/adapters/desk.sqlite.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import type { Deed } from '../../daemons/core/values/desk.ts';
import { deliveryIn, dispatchConfig } from '../../daemons/dispatch/config.ts';
import { dispatchLine } from '../../daemons/dispatch/daemon.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { keptLog, runningUntil } from '../support/console.ts';
import { sitePki } from '../support/site-pki.ts';
import { takServer } from '../support/tak-server.ts';

test('what is committed is on the map of a TAK client, what is held back is not until it is released, what is resolved goes', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-dispatch-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const pki = await sitePki(path.join(folder, 'pki'));
  const server = await takServer(await pki.server(path.join(folder, 'server')));
  const identity = await pki.device(path.join(folder, 'own'), 'centre');
  const file = path.join(folder, 'central.db');
  const ledger = await openRecords(file);
  const desk = openSqliteDesk(file);
  const config = dispatchConfig.parse({
    dwellings: false,
    tak: [{ name: 'map', host: '127.0.0.1', port: server.port, identity }],
  });
  const stop = new AbortController();
  const line = dispatchLine(
    { config, delivery: deliveryIn(config, 'dispatch.yaml'), records: file },
    runningUntil(stop.signal, keptLog()),
  );
  const act = (alert: string, deed: Deed) =>
    desk.act({ alert, by: 'lead-1', role: deed.what === 'judge' ? 'centre' : 'supervisor', atMs: Date.now(), deed });
  const uid = (id: string): string => `fieldpost.north.${id}`;

  await ledger.commit([alertArrival(sampleAlert('at-home'), 1)], Date.now());
  await server.until(() => server.seen.has(uid('at-home')));
  await act('at-home', { what: 'judge', dwellings: ['house-1'], rev: 1 });
  await server.until(() => server.seen.has(`${uid('at-home')}.erase`));
  // Nothing new came of it for a day when somebody resolves it: that is no change of the alert itself.
  await ledger.commit([alertArrival(sampleAlert('open-land'), 2)], Date.now() - 86_400_000);
  await server.until(() => server.seen.has(uid('open-land')));
  await act('at-home', { what: 'corroborate', text: 'second pass' });
  await act('at-home', { what: 'release', text: 'seen from the road' });
  await server.until(() => server.seen.has(`${uid('at-home')}.region`));
  await act('open-land', { what: 'resolve', outcome: 'not-found', text: 'field was sprayed' });
  await server.until(() => server.seen.has(`${uid('open-land')}.erase`));

  stop.abort();
  await line;
  await server.close();
  await ledger.close();
  await desk.close();
  t.pass();
});
