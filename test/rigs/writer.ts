/**
 * A box and its centre in one process that is to be killed: writes through the real spool and prints `kept STREAM N ...`
 * only after `append` resolved; at the same time a reader commits what it finds to the central store, prints `sent TEXT`
 * and settles, in this order. Arguments: JSON of `WriterSetup`.
 */
import { writeSync } from 'node:fs';
import process from 'node:process';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import type { openSpool as open } from '../../daemons/core/adapters/spool.sqlite.ts';
import { openSpoolReader } from '../../daemons/core/adapters/spool.sqlite.ts';
import type { Item } from '../../daemons/core/ports/spool.ts';
import { type Envelope, type Stream, streams } from '../../daemons/core/values/envelope.ts';
import { numbersOf } from './draw.ts';
import { device, keyOf, marked } from './marks.ts';

export interface WriterSetup {
  /** Module that gives `openSpool`: the real one, or one that was broken on purpose. */
  readonly adapter: string;
  readonly file: string;
  /** The central store to deliver to; null delivers nothing. */
  readonly records: string | null;
  /** The first mark; null goes on behind those of the writer before, however far it came. */
  readonly first: number | null;
  readonly seed: number;
  /** Milliseconds between two calls, so that a long run does not pile up; 0 for as fast as the disk takes it. */
  readonly everyMs: number;
  /** Ends by itself after so many calls; null goes on until it is killed. */
  readonly calls: number | null;
}

/** Not `process.stdout`: while nobody reads it keeps lines in memory, and a kill takes them along. */
function say(text: string): void {
  let bytes = Buffer.from(`${text}\n`);
  while (bytes.length > 0) bytes = bytes.subarray(written(bytes));
}

function written(bytes: Uint8Array): number {
  try {
    return writeSync(1, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    return 0;
  }
}

const setup = JSON.parse(process.argv[2] ?? '') as WriterSetup;
const { openSpool } = (await import(setup.adapter)) as { openSpool: typeof open };
say('ready');
const spool = await openSpool({ path: setup.file, device, telemetryHoldMs: 40 });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
for (const note of spool.notes) say(`note ${note}`);

const draw = numbersOf(setup.seed);

const last = Number((await spool.recall('last')) ?? 0);
let n = setup.first ?? last + 1000;
/** Held telemetry: resolved at once, on the disk with the next alert or event. */
let held: string[] = [];

async function keep(list: readonly Stream[]): Promise<void> {
  const items: Item[] = list.map((stream) => marked(stream, n));
  const keys = list.map((stream) => keyOf(stream, n));
  const state = { last: n };
  n += 1;
  if (list.every((stream) => stream === 'tele')) {
    await spool.append(items);
    held.push(...keys);
    return;
  }
  const durable = [...held, ...keys];
  held = [];
  await spool.append(items, state);
  say(`kept ${durable.join(' ')}`);
}

async function deliver(file: string): Promise<void> {
  const records = await openRecords(file);
  const reader = await openSpoolReader(setup.file);
  for (;;) {
    for (const stream of streams) {
      const found = await reader.peek(stream, 0, 20);
      if (found.length === 0) continue;
      const arrivals = found.map(({ text }) => ({ site: 'north', text, envelope: JSON.parse(text) as Envelope }));
      await records.commit(arrivals, Date.now());
      for (const { text } of found) say(`sent ${text}`);
      const { through, missing } = await records.watermark(device, reader.id, stream);
      await reader.settle(stream, through, missing);
    }
    await pause(15);
  }
}

if (setup.records !== null) void deliver(setup.records);
for (let calls = 0; calls < (setup.calls ?? Number.POSITIVE_INFINITY); calls++) {
  const kind = draw();
  if (kind < 0.4) await keep(['alert', 'tele']);
  else if (kind < 0.6) await keep(['event']);
  else if (kind < 0.8) await keep(['tele']);
  else await Promise.all(Array.from({ length: 6 }, (_, i) => keep([i % 2 === 0 ? 'alert' : 'event'])));
  if (setup.everyMs > 0) await pause(setup.everyMs);
}
await pause(100);
process.exit();
