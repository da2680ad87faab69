import test from 'ava';
import { openSqliteDesk } from '../../../daemons/core/adapters/desk.sqlite.ts';
import type { DeskStore } from '../../../daemons/core/ports/desk.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { alertArrival, sampleAlert } from '../../support/alerts.ts';
import { openConsole } from '../../support/console.ts';
import { memoryRecords } from '../../support/records.memory.ts';
import { openSse } from '../../support/sse.ts';

const drill = { id: 'drill-1', text: 'leak at the dairy', by: 'op-18', startedMs: 1, endsMs: 9e12 };
/** As a page shows it. */
const told = { text: drill.text, by: drill.by };
/** No heartbeat of its own comes between. */
const seldom = { streams: { beatMs: 3_600_000 } };

/** As another console on the same store writes it. */
async function write(desk: DeskStore, value: unknown): Promise<void> {
  const { version } = await desk.read('drill');
  await desk.swap('drill', version, value);
}

test('every open page is told when another console begins a drill, and when it is over', async (t) => {
  const desk = openSqliteDesk(':memory:');
  const server = await openConsole(memoryRecords(), { ...seldom, desk });
  t.teardown(() => server.stop());
  const pages = [await openSse(`${server.url}/api/stream`), await openSse(`${server.url}/api/stream`)];
  for (const page of pages) t.like((await page.nextOf('beat')).data, { drill: null });
  await write(desk, drill);
  for (const page of pages) t.like((await page.nextOf('beat')).data, { drill: told });
  await write(desk, { ended: drill.id });
  for (const page of pages) t.like((await page.nextOf('beat')).data, { drill: null });
  for (const page of pages) page.close();
});

test('a page that comes back is told of the drill before the alerts that it missed', async (t) => {
  const desk = openSqliteDesk(':memory:');
  const records = memoryRecords();
  const server = await openConsole(records, { ...seldom, desk });
  t.teardown(() => server.stop());
  const first = await openSse(`${server.url}/api/stream`);
  const watching = await openSse(`${server.url}/api/stream`);
  await watching.nextOf('beat');
  const { id } = await first.nextOf('state');
  first.close();
  await write(desk, drill);
  await watching.nextOf('beat');
  await records.commit([alertArrival(sampleAlert('a1'), 1)], 1_700_000_000_000);
  await server.feed.refresh();
  const again = await openSse(`${server.url}/api/stream`, { 'last-event-id': id ?? '' });
  const beat = await again.next();
  t.is(beat?.event, 'beat');
  t.like(beat?.data, { drill: told });
  t.is((await again.next())?.event, 'changes');
  again.close();
  watching.close();
});

test('while the store does not answer, the drill that was told stands', async (t) => {
  const own = openSqliteDesk(':memory:');
  let [isBroken, asked] = [false, 0];
  const read: DeskStore['read'] = async (name) => {
    asked += 1;
    if (isBroken) throw new Fault('absent', 'centre.db: gone');
    return own.read(name);
  };
  await write(own, drill);
  const server = await openConsole(memoryRecords(), { ...seldom, desk: { ...own, read } });
  t.teardown(() => server.stop());
  const page = await openSse(`${server.url}/api/stream`);
  const beat = await page.nextOf('beat');
  if ((beat.data as { drill: unknown }).drill === null) t.like((await page.nextOf('beat')).data, { drill: told });
  isBroken = true;
  const before = asked;
  while (asked < before + 2) await new Promise((resolve) => setTimeout(resolve, 20));
  const late = await openSse(`${server.url}/api/stream`);
  t.like((await late.nextOf('beat')).data, { drill: told });
  page.close();
  late.close();
});
