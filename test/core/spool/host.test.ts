import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { spoolHost } from '../../../daemons/core/adapters/spool.sqlite.calls.ts';
import { openSpool, openSpoolReader } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { freshFolder, item } from './keeping.ts';

test('one thread holds several spools: each keeps what is its own, one that cannot be opened or is closed leaves the others alone', async (t) => {
  const folder = freshFolder(t);
  const file = (name: string): string => path.join(folder, name);
  const host = spoolHost();
  const [one, other] = await Promise.all(
    ['one', 'other'].map((device) =>
      openSpool({ path: file(`${device}.db`), device, telemetryHoldMs: 0, retryMs: 50, host }),
    ),
  );
  if (!one || !other) return t.fail();
  const kept = [one.append([item('event', 1)]), other.append([item('event', 2)]), one.append([item('event', 3)])];
  for (const { committed } of await Promise.all(kept)) t.true(await committed);

  await t.throwsAsync(openSpoolReader(file('nobody.db'), null, host), { message: /nobody\.db/ });
  writeFileSync(file('noise.db'), 'this is no database, and never was one'.repeat(500));
  await t.throwsAsync(openSpoolReader(file('noise.db'), null, host), { message: /noise\.db/ });

  const readers = await Promise.all(['one', 'other'].map((name) => openSpoolReader(file(`${name}.db`), null, host)));
  t.deepEqual(await Promise.all(readers.map(async (reader) => (await reader.depth()).event)), [2, 1]);
  const heard = new Promise<void>((resolve) => readers[0]?.onAppend(() => resolve()));
  await other.close();
  await readers[1]?.close();
  await t.throwsAsync(async () => readers[1]?.depth(), { message: /other\.db: the spool is closed/ });
  await one.append([item('event', 4)]);
  await heard;
  t.is((await readers[0]?.depth())?.event, 3);

  await one.close();
  await readers[0]?.close();
  await host.close();
});

test('a host that no file was opened in ends too', async (t) => {
  await t.notThrowsAsync(spoolHost().close());
});
