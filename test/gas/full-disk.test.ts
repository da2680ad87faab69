/** The real daemon on a real file system that is full, or that the kernel made read-only. Needs root for loop devices. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openSpoolFile } from '../../daemons/core/adapters/spool.sqlite.file.ts';
import { findBrokenLink } from '../../daemons/core/evidence/chain.ts';
import { goneIn } from '../../daemons/core/spool/gone.ts';
import { gapsIn, rangesOf, union } from '../../daemons/core/spool/ranges.ts';
import { type Envelope, type Stream, streams } from '../../daemons/core/values/envelope.ts';
import { layGasPost } from '../support/gas-post.ts';
import { fill, lacksForCuts, openDisk } from '../support/loop-ext4.ts';

const lacks = lacksForCuts();
const onDisk = lacks === null ? test.serial : test.serial.skip;
if (lacks !== null) process.stdout.write(`skipped: full-disk.test.ts: ${lacks}\n`);

/** An alert every second, whatever the air is, so that each phase has some. */
const profile = {
  gas: {
    telemetry: { batch: 40, holdMs: 500 },
    heldEveryMs: 1000,
    healthEveryMs: 1000,
    model: undefined,
    rules: [
      {
        kind: 'ammonia',
        family: 'evidence',
        severity: 'warning',
        score: { quantity: 'ammonia' },
        on: -1000,
        off: -2000,
        raiseAfter: 1,
        clearAfter: 1,
      },
    ],
  },
  spool: { reserveMegabytes: 1 },
};

const textsIn = (file: string): Record<Stream, string[]> => {
  const spool = openSpoolFile(file, 'reader');
  const all = Object.fromEntries(streams.map((stream) => [stream, spool.peek(stream, 0, 1e6).map(({ text }) => text)]));
  spool.close();
  return all as Record<Stream, string[]>;
};

/** Every number is there, or an event says that it is gone. */
function everyNumberIsKnown(t: ExecutionContext, texts: Record<Stream, string[]>): void {
  const gone = texts.event.flatMap((text) => goneIn(text));
  for (const stream of streams) {
    const held = rangesOf(texts[stream].map((text) => (JSON.parse(text) as Envelope).seq));
    const told = gone.filter((one) => one.stream === stream).flatMap((one) => one.ranges);
    const known = union([...held, ...told]);
    t.deepEqual(gapsIn([1, known.at(-1)?.[1] ?? 0], known), [], stream);
  }
}

onDisk('a disk that fills up stops neither measuring nor alarming, and no alert is dropped', async (t) => {
  t.timeout(120_000);
  const disk = openDisk(40);
  const post = await layGasPost({ state: disk.folder, profile });
  t.teardown(() => {
    post.close();
    disk.close();
  });
  const gas = post.start();
  t.teardown(() => gas.process.kill('SIGKILL'));
  await gas.says(/alert held/);
  await gas.says(/alert held/, gas.lines.length);
  fill(disk.folder);
  const full = gas.lines.length;
  await gas.says(/the disk is full; \d+ bytes of the oldest were dropped|the spool takes nothing/, full);
  // It goes on: alerts are taken while the disk is full, or wait and are told so.
  for (let n = 0; n < 3; n++) await gas.says(/"alert held/, gas.lines.length);
  rmSync(path.join(disk.folder, 'filler'));
  const free = gas.lines.length;
  await gas.says(/"alert held"/, free);
  await gas.says(/"alert held"/, gas.lines.length);
  t.is(await gas.stop(), 0);

  const texts = textsIn(path.join(disk.folder, 'spool/gas.db'));
  everyNumberIsKnown(t, texts);
  t.is(findBrokenLink(texts.alert), null);
  const alerts = texts.alert.map((text) => (JSON.parse(text) as Envelope<'alert'>).body.rev);
  // One alert that goes on: every revision is there, in order.
  t.deepEqual(
    alerts,
    alerts.map((_, i) => i + 1),
  );
  const shed = texts.event.flatMap((text) => goneIn(text));
  t.true(shed.length > 0 && shed.every(({ stream }) => stream !== 'alert'));
});

onDisk('a disk that is read-only at the start and fails later is taken up each time without a restart', async (t) => {
  t.timeout(120_000);
  const disk = openDisk(40);
  mkdirSync(path.join(disk.folder, 'spool'));
  disk.fail();
  const post = await layGasPost({ state: disk.folder, profile });
  t.teardown(() => {
    post.close();
    disk.close();
  });
  const gas = post.start();
  t.teardown(() => gas.process.kill('SIGKILL'));
  await gas.says(/the spool is not open yet/);
  await gas.says(/"alert raised in memory/);
  await gas.says(/"alert held in memory/, gas.lines.length);
  t.false(existsSync(path.join(disk.folder, 'spool/gas.db')));
  let from = gas.lines.length;
  disk.again();
  await gas.says(/the spool takes again/, from);
  await gas.says(/"alert raised"/, from);
  await gas.says(/"alert held"/, gas.lines.length);

  from = gas.lines.length;
  disk.fail();
  await gas.says(/the spool takes nothing/, from);
  await gas.says(/"alert held in memory/, gas.lines.length);
  from = gas.lines.length;
  disk.again();
  await gas.says(/the spool takes again/, from);
  await gas.says(/"alert held"/, gas.lines.length);
  t.is(await gas.stop(), 0);

  const texts = textsIn(path.join(disk.folder, 'spool/gas.db'));
  everyNumberIsKnown(t, texts);
  t.is(findBrokenLink(texts.alert), null);
  const bodies = texts.alert.map((text) => (JSON.parse(text) as Envelope<'alert'>).body);
  t.deepEqual(
    bodies.map(({ rev }) => rev),
    bodies.map((_, i) => i + 1),
  );
  t.is(new Set(bodies.map(({ id }) => id)).size, 1);
  const types = texts.event.map((text) => (JSON.parse(text) as Envelope<'event'>).body.type);
  t.is(types.filter((type) => type === 'storage-refused').length, 2);
});
