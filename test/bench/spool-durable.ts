/** Durable enqueues a second beside a file that is appended to and flushed. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import type { Item } from '../../daemons/core/ports/spool.ts';
import { stampAt } from '../support/alerts.ts';
import { abTurns, type Figure } from './figure.ts';
import { benchDisk } from './spool-disk.ts';

const payloadBytes = 200;
const at = stampAt(1_790_000_000_000);
const payload = { type: 'bench', severity: 'info' as const, at, message: '', detail: {} };
const padding = payloadBytes - JSON.stringify(payload).length;

/** An event whose body is 200 bytes of JSON; the envelope around it, with its links, comes on top. */
const item = (stream: 'event' | 'alert'): Item =>
  ({ stream, at, body: { ...payload, message: 'm'.repeat(padding) } }) as unknown as Item;

interface Measured {
  readonly id: string;
  readonly stream: 'event' | 'alert';
  readonly group: number;
  readonly groups: number;
  readonly reach: number | null;
  /** So many callers at a time; each waits for its group before it gives the next. */
  readonly callers: number;
}

async function enqueue({ id, stream, group, groups, reach, callers }: Measured): Promise<Figure> {
  const disk = benchDisk(512);
  const spool = await openSpool({ path: path.join(disk.folder, 'bench.db'), device: 'bench' });
  const fd = openSync(path.join(disk.folder, 'raw'), 'a');
  const items = Array.from({ length: group }, () => item(stream));
  const bytes = Buffer.alloc(group * payloadBytes, 0x61);
  const ours = async (): Promise<number> => {
    const from = performance.now();
    let left = groups;
    const caller = async (): Promise<void> => {
      while (left-- > 0) await spool.append(items);
    };
    await Promise.all(Array.from({ length: callers }, caller));
    return (groups * group * 1000) / (performance.now() - from);
  };
  const raw = (): number => {
    const from = performance.now();
    for (let n = 0; n < groups; n++) {
      writeSync(fd, bytes);
      fdatasyncSync(fd);
    }
    return (groups * group * 1000) / (performance.now() - from);
  };
  await ours();
  raw();
  const { a, b } = await abTurns(ours, raw, 9);
  await spool.close();
  closeSync(fd);
  disk.close();
  return {
    id,
    value: a,
    unit: 'envelopes/s',
    baseline: b,
    ratio: a / b,
    reach: reach === null ? 'printed' : `ratio >= ${reach}`,
    ok: reach === null || a / b >= reach,
    note: `groups of ${group}, callers at a time: ${callers}, ${payloadBytes} B bodies, ${disk.note}; baseline: append and fdatasync of ${payloadBytes} B each`,
  };
}

export async function durable(): Promise<readonly Figure[]> {
  return [
    await enqueue({ id: 'spool.durable256', stream: 'event', group: 256, groups: 40, reach: 0.8, callers: 1 }),
    await enqueue({
      id: 'spool.durable256.callers8',
      stream: 'event',
      group: 256,
      groups: 80,
      reach: null,
      callers: 8,
    }),
    await enqueue({ id: 'spool.durable1', stream: 'alert', group: 1, groups: 150, reach: 0.5, callers: 1 }),
  ];
}
