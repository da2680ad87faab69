import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { readFeed, serveFeed } from '../../../daemons/core/adapters/feed.unix.ts';
import { serveLines } from '../../../daemons/core/adapters/lines.unix.ts';
import { feedValueOf } from '../../../daemons/core/feed/line.ts';
import type { FeedValue } from '../../../daemons/core/ports/feed.ts';

const boot = 'b1';
const wind = (monoNs: number, fromDeg: number | null): FeedValue => ({
  ...{ kind: 'wind', boot, monoNs, speedMs: 3, fromDeg, uSpeedMs: 0.5, uFromDeg: 9, seconds: 60, source: 'autopilot' },
});

function place(t: ExecutionContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'feed-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'feed.sock');
}

/** The next value that a reader is given and that is asked for. */
function reader(t: ExecutionContext, file: string): (wanted: (value: FeedValue) => boolean) => Promise<FeedValue> {
  const got: FeedValue[] = [];
  let look = (): void => {};
  const reading = readFeed(file, boot, {
    onValue: (value) => {
      got.push(value);
      look();
    },
    onLost: () => {},
  });
  t.teardown(reading.close);
  return (wanted) =>
    new Promise((resolve) => {
      look = () => {
        const found = got.find(wanted);
        if (found) resolve(found);
      };
      look();
    });
}

test('who joins late is given the latest of each kind, and then what is told', async (t) => {
  const file = place(t);
  const feed = await serveFeed(file);
  t.teardown(feed.close);
  feed.tell(wind(1, 10));
  feed.tell(wind(2, 20));
  const next = reader(t, file);
  t.is((await next(() => true)).monoNs, 2);
  feed.tell(wind(3, null));
  t.is((await next(({ monoNs }) => monoNs === 3)).kind, 'wind');
});

test('a reader that is there before the feed finds it', async (t) => {
  const file = place(t);
  const next = reader(t, file);
  const feed = await serveFeed(file);
  t.teardown(feed.close);
  feed.tell(wind(7, 10));
  t.is((await next(() => true)).monoNs, 7);
});

test('a reader that does not read is hung up on, and the others are not kept waiting', async (t) => {
  const file = place(t);
  const feed = await serveFeed(file);
  t.teardown(feed.close);
  const next = reader(t, file);
  const slow = net.connect(file);
  slow.on('error', () => {});
  await once(slow, 'connect');
  slow.pause();
  const last = 20_000;
  for (let i = 1; i <= last; i++) {
    feed.tell(wind(i, 10));
    if (i % 20 === 0) await turn();
  }
  t.is((await next(({ monoNs }) => monoNs === last)).monoNs, last);
  slow.resume();
  await once(slow, 'close');
});

test('lines that are no values of this boot are passed over', async (t) => {
  const file = place(t);
  const bad = ['nonsense', '{}', JSON.stringify({ ...wind(1, 10), boot: 'b0' }), JSON.stringify(wind(2, 360))];
  const server = await serveLines(file, { longest: 100, mostClients: 2 }, (connection) => {
    for (const line of [...bad, JSON.stringify(wind(3, 10))]) connection.send(line);
    return { onLine: () => {}, onClose: () => {} };
  });
  t.teardown(server.close);
  t.is((await reader(t, file)(() => true)).monoNs, 3);
  t.deepEqual(
    bad.map((line) => feedValueOf(line, boot)),
    [null, null, null, null],
  );
});
