import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import test from 'ava';
import { openSqliteDesk } from '../../daemons/core/adapters/desk.sqlite.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { triedIn } from '../support/dispatch-room.ts';
import { startFieldpost } from '../support/fieldpost.ts';

test('a dispatcher is killed while it sends, and the next one goes on: nobody is told twice, the next unit once, then the consoles', async (t) => {
  const folder = freshFolder(t);
  const store = path.join(folder, 'central.db');
  const records = await openRecords(store);
  const desk = openSqliteDesk(store);
  const asked: string[] = [];
  let onAsked: () => void = () => {};
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    onAsked();
    // What the first unit has taken is never answered.
    if (request.url !== '/red-1') response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(path.join(folder, 'secret'), 'c0ffee'.repeat(8), { mode: 0o600 });
  const unit = (name: string) => `{ contacts: { webhook: "http://127.0.0.1:${port}/${name}" } }`;
  writeFileSync(
    path.join(folder, 'dispatch.yaml'),
    `dwellings: false
ways: { webhook: { secret: ${path.join(folder, 'secret')} } }
units: { red-1: ${unit('red-1')}, duty: ${unit('duty')} }
rules:
  - name: all
    chain: [{ unit: red-1, way: webhook, waitS: 2 }, { unit: duty, way: webhook, waitS: 1 }]
`,
  );
  const start = () => startFieldpost(['dispatch', '--config', path.join(folder, 'dispatch.yaml'), '--records', store]);
  const first = start();
  let last = first;
  t.teardown(async () => {
    last.kill('SIGKILL');
    await last.ran;
    server.closeAllConnections();
    server.close();
    await desk.close();
    await records.close();
  });
  const isAsked = new Promise<void>((resolve) => {
    onAsked = resolve;
  });
  await records.commit([alertArrival(sampleAlert('a'), 1)], Date.now());
  await isAsked;
  first.kill('SIGKILL');
  await first.ran;
  const claimed = await desk.record('a');
  t.deepEqual(claimed && triedIn(claimed), ['red-1 webhook 0 sending']);
  last = start();
  for (;;) {
    const record = await desk.record('a');
    if (record?.desk?.chainOver) {
      t.deepEqual(triedIn(record), ['duty webhook 1 sent', 'red-1 webhook 0 sending']);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.deepEqual(asked, ['/red-1', '/duty']);
  last.kill('SIGTERM');
  t.is((await last.ran).code, 0);
});
