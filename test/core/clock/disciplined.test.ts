import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type DisciplinedClock, disciplinedClock } from '../../../daemons/core/adapters/clock.disciplined.ts';
import { feedSource } from '../../../daemons/core/adapters/clock.feed.ts';
import { floorFile } from '../../../daemons/core/adapters/clock.floor.ts';
import { chronySource, timesyncdSource } from '../../../daemons/core/adapters/clock.ntp.ts';
import { floorText, parseFloor } from '../../../daemons/core/clock/floor.ts';
import type { ClockNews } from '../../../daemons/core/ports/clock.ts';
import type { ClockPair, TimeFix, TimeSource } from '../../../daemons/core/ports/time-source.ts';

const trueMs = Date.UTC(2026, 10, 24);

function folder(t: ExecutionContext): string {
  const made = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-clock-'));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A machine whose clocks the test sets, and a source that says what the test tells it to. */
function machine(file: string) {
  const box = { monoS: 100, offMs: 0, sleptMs: 0, hurried: 0, tell: (_fix: TimeFix): void => {} };
  const read = (): ClockPair => ({ monoNs: box.monoS * 1e9, systemMs: trueMs + box.monoS * 1000 + box.offMs });
  const source: TimeSource = {
    name: 'test',
    watch: (_read, tell) => {
      box.tell = tell;
      return {
        hurry: () => {
          box.hurried += 1;
        },
        close: () => {},
      };
    },
  };
  const open = (boot = 'boot-1'): Promise<DisciplinedClock> =>
    disciplinedClock({
      sources: [source],
      floor: floorFile(file),
      read,
      uptimeMs: () => box.monoS * 1000 + box.sleptMs,
      boot,
    });
  return { box, open };
}

const fixAt = (seconds: number, source = 'gnss'): TimeFix => ({
  source,
  monoNs: seconds * 1e9,
  wallMs: trueMs + seconds * 1000,
  uncertaintyMs: 3,
  steers: source === 'chrony',
});

test('a boot in 1970 says so once, claims the floor of the last boot, and never silences', async (t) => {
  const file = path.join(folder(t), 'clock.json');
  writeFileSync(file, floorText({ notBeforeMs: trueMs, boot: 'boot-0', monoNs: 5e9 }));
  const { box, open } = machine(file);
  box.offMs = -trueMs - 100_000;
  const clock = await open();
  const news: ClockNews[] = [];
  clock.onNews((one) => news.push(one));
  t.deepEqual(
    news.map(({ type }) => type),
    ['clock-unset'],
  );
  t.like(clock.now(), { wallMs: trueMs, synced: false, uncertaintyMs: null, boot: 'boot-1' });
  await clock.close();
});

test('what is known at the end of a boot is the floor of the next one', async (t) => {
  const file = path.join(folder(t), 'clock.json');
  const { box, open } = machine(file);
  const clock = await open();
  box.tell(fixAt(100));
  box.monoS = 1000;
  await clock.close();
  const { notBeforeMs } = parseFloor(readFileSync(file, 'utf8')) ?? { notBeforeMs: 0 };
  t.true(notBeforeMs <= trueMs + 1_000_000 && notBeforeMs > trueMs + 999_000, `${notBeforeMs - trueMs}`);
  box.offMs = -trueMs;
  const next = await open('boot-2');
  t.true(next.now().wallMs >= notBeforeMs);
  await next.close();
});

test('a damaged floor, or a state folder that cannot be made, starts like none', async (t) => {
  const file = path.join(folder(t), 'clock.json');
  for (const text of ['', '{"v":1,"notBeforeMs":4e15}', 'x'.repeat(100_000)]) {
    writeFileSync(file, text);
    const clock = await machine(file).open();
    t.is(clock.now().uncertaintyMs, null);
    await clock.close();
  }
  const clock = await machine(path.join(file, 'under-a-file', 'clock.json')).open();
  await t.notThrowsAsync(clock.close());
});

test('a system clock that is set hurries the sources; one that only slept does not', async (t) => {
  const { box, open } = machine(path.join(folder(t), 'clock.json'));
  const clock = await open();
  box.tell(fixAt(100, 'chrony'));
  box.offMs = 14 * 86_400_000;
  t.like(clock.now(), { uncertaintyMs: null, synced: false });
  t.is(box.hurried, 1);
  box.tell({ ...fixAt(100, 'chrony'), wallMs: trueMs + 100_000 + box.offMs });
  const news: ClockNews[] = [];
  clock.onNews((one) => news.push(one));
  t.deepEqual(
    news.map(({ type }) => type),
    ['clock-corrected', 'clock-corrected'],
  );

  box.sleptMs = 60_000;
  box.offMs += 60_000;
  const { wallMs, uncertaintyMs } = clock.now();
  t.is(box.hurried, 1);
  t.is(news.at(-1)?.type, 'clock-suspended');
  t.true(Math.abs(wallMs - (trueMs + 100_000 + box.offMs)) <= 1 && uncertaintyMs === 50);
  await clock.close();
});

test('several daemons share the floor: the file is whole whoever writes last', async (t) => {
  const file = path.join(folder(t), 'clock.json');
  const stores = Array.from({ length: 8 }, () => floorFile(file));
  await Promise.all(
    stores.map((store, i) =>
      store.keep({ notBeforeMs: trueMs + i * 4e6, notAfterMs: null, boot: 'b', monoNs: i, now: false }),
    ),
  );
  t.truthy(parseFloor(readFileSync(file, 'utf8')));
});

test('wishes that come at once are kept one after another: the last that is worth a write stands', async (t) => {
  const file = path.join(folder(t), 'clock.json');
  const store = floorFile(file);
  // Texts of two lengths, the shorter later: written at once into one file they leave a tail.
  const wishes = [1e12, 1e11].map((monoNs, i) =>
    store.keep({ notBeforeMs: trueMs + i * 900_000, notAfterMs: null, boot: 'b', monoNs, now: true }),
  );
  await Promise.all(wishes);
  t.like(parseFloor(readFileSync(file, 'utf8')), { notBeforeMs: trueMs + 900_000, monoNs: 1e11 });
  t.deepEqual(readdirSync(path.dirname(file)), ['clock.json']);
});

const real = (): ClockPair => ({ monoNs: Number(process.hrtime.bigint()), systemMs: Date.now() });

test('the feed is found when it comes, lost when it goes, and found again; noise in it is passed over', async (t) => {
  const socket = path.join(folder(t), 'feed.sock');
  const fixes: TimeFix[] = [];
  const heard = Promise.withResolvers<void>();
  const again = Promise.withResolvers<void>();
  const watch = feedSource(socket, 'boot-1').watch(real, (fix) => {
    fixes.push(fix);
    if (fixes.length === 2) heard.resolve();
    if (fixes.length === 3) again.resolve();
  });
  t.teardown(() => watch.close());
  const serve = (lines: readonly string[]): Promise<net.Server> =>
    new Promise((resolve) => {
      const server = net.createServer((peer) => {
        peer.on('error', () => {});
        for (const one of lines) peer.write(one);
        server.on('close', () => peer.destroy());
      });
      server.listen(socket, () => resolve(server));
    });
  const line = (uncertaintyMs: number): string =>
    JSON.stringify({ kind: 'time', monoNs: real().monoNs, wallMs: trueMs, uncertaintyMs });
  const first = await serve([
    '{"kind":"pose"}\nnot json\n',
    line(1).slice(0, 20),
    `${line(1).slice(20)}\n${line(2)}\n`,
  ]);
  await heard.promise;
  t.deepEqual(
    fixes.map(({ uncertaintyMs }) => uncertaintyMs),
    [1, 2],
  );
  // Whoever is connected is cut off with the server.
  first.emit('close');
  await new Promise((resolve) => first.close(resolve));
  rmSync(socket, { force: true });
  const second = await serve([`${line(7)}\n`]);
  await again.promise;
  t.is(fixes[2]?.uncertaintyMs, 7);
  watch.close();
  second.emit('close');
  second.close();
});

test('a program that fails, hangs or is not there says nothing; one that answers is a fix for the system’s clock', async (t) => {
  const looksMs = { first: 0, searching: 5, following: 5, absent: 5 };
  const silent = [
    chronySource({ command: ['/nowhere/chronyc'], looksMs }),
    chronySource({ command: ['false'], looksMs }),
    timesyncdSource({ command: ['sleep', '60'], looksMs }),
  ].map((source) => source.watch(real, () => t.fail()));
  const found = Promise.withResolvers<TimeFix>();
  const line = 'C0A80101,192.168.1.1,3,1795478400.1,0.000012,-0.000034,0.0,0.0,0.0,0.0,0.02,0.001,64.3,Normal';
  const speaking = chronySource({ command: ['echo', line], looksMs }).watch(real, (fix) => found.resolve(fix));
  t.like(await found.promise, { source: 'chrony', steers: true });
  for (const watch of [...silent, speaking]) watch.close();
});
