/**
 * `fieldpost evaluate mavlink`: real flight logs through our framing, beside a count that shares nothing with it but the
 * public message table: every offset of the file is tried, with a checksum computed bit by bit.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { framesIn, freshFraming } from '../../core/mavlink/framing.ts';
import type { Layout } from '../../core/mavlink/layout.ts';
import { layouts } from '../../core/mavlink/messages.ts';
import { framesOfTlog } from '../../core/mavlink/tlog.ts';
import { Fault } from '../../core/ports/fault.ts';
import { readUlog } from '../../core/ulog/ulog.ts';
import { seeded, uniform } from '../simulate/random.ts';
import type { Figure } from './figures.ts';

type Counts = Readonly<Record<string, number>>;

/** Figures of every .tlog and .ulg in the folder `mavlink` of the data. Errors: Fault `absent` where there is none. */
export async function evaluateMavlink(data: string): Promise<readonly Figure[]> {
  const folder = path.join(data, 'mavlink');
  const names = await readdir(folder).catch(() => [] as string[]);
  const logs = names.filter((name) => /\.(tlog|ulg)$/.test(name)).sort();
  if (logs.length === 0)
    throw new Fault('absent', `${folder}: no .tlog and no .ulg; name the folder above it by --data`);
  const figures: Figure[] = [];
  for (const name of logs) {
    const bytes = await readFile(path.join(folder, name));
    if (name.endsWith('.tlog'))
      figures.push(framesFigure(name, countOf(bytes), scan(bytes)), ...noiseFigures(name, bytes));
    else figures.push(framesFigure(name, readUlog(bytes, new Set()).counts, walkUlog(bytes)));
  }
  return figures;
}

const countNames = (names: Iterable<string>): Counts => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

const countOf = (bytes: Uint8Array): Counts => countNames(framesOfTlog(bytes).map(({ frame }) => frame.layout.name));

const total = (counts: Counts): number => Object.values(counts).reduce((sum, n) => sum + n, 0);

const sorted = (counts: Counts): string => JSON.stringify(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

function framesFigure(name: string, ours: Counts, theirs: Counts): Figure {
  return {
    id: 'mavlink.frames',
    value: total(ours),
    unit: name.endsWith('.ulg') ? 'data messages' : 'frames',
    baseline: total(theirs),
    ratio: total(ours) / total(theirs),
    reach: 'equal for every id',
    ok: sorted(ours) === sorted(theirs),
    note: `${name}: ${Object.entries(ours)
      .map(([one, n]) => `${one} ${n}`)
      .join(', ')}`,
  };
}

/** Good frames that are lost behind noise: a fifth of random bytes, and what looks like the beginning of a frame. */
function noiseFigures(name: string, log: Uint8Array): Figure[] {
  const clean = framesOfTlog(log).map(({ frame }) => frame.bytes);
  let state = seeded(1);
  const random = (): number => {
    const [value, next] = uniform(state);
    state = next;
    return value;
  };
  const noises: readonly (readonly [string, (frame: Uint8Array) => Uint8Array])[] = [
    [
      '20 % random bytes between frames',
      (frame) =>
        Uint8Array.from({ length: Math.round(frame.length * 0.4 * random()) }, () => Math.floor(256 * random())),
    ],
    ['fd 09 00 before each', () => Uint8Array.of(0xfd, 9, 0)],
  ];
  return noises.map(([what, noise]) => {
    const noisy = Buffer.concat(clean.flatMap((frame) => [noise(frame), frame]));
    const found = framesIn(freshFraming(), noisy, true)[1].map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
    let next = 0;
    for (const one of found) if (one === text(clean[next])) next += 1;
    return {
      id: 'mavlink.noise',
      value: clean.length - next,
      unit: 'good frames lost',
      baseline: clean.length,
      ratio: null,
      reach: '0',
      ok: next === clean.length,
      note: `${name}: ${what}, ${clean.length} frames, in their order`,
    };
  });
}

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');

/** Frames by message, every offset tried. */
function scan(bytes: Uint8Array): Counts {
  const names: string[] = [];
  for (let at = 0; at + 8 <= bytes.length; at++) {
    const found = bytes[at] === 0xfe ? begins1(bytes, at) : bytes[at] === 0xfd ? begins2(bytes, at) : null;
    if (found === null) continue;
    const { layout, end } = found;
    if (end + 2 > bytes.length) continue;
    const crc = bitwise(bytes.subarray(at + 1, end), layout.crcExtra);
    if ((bytes[end] ?? 0) + 256 * (bytes[end + 1] ?? 0) === crc) names.push(layout.name);
  }
  return countNames(names);
}

interface Begun {
  readonly layout: Layout;
  readonly end: number;
}

function begins1(bytes: Uint8Array, at: number): Begun | null {
  const layout = layouts.get(bytes[at + 5] ?? 0);
  const length = bytes[at + 1] ?? 0;
  return layout && layout.base === length ? { layout, end: at + 6 + length } : null;
}

function begins2(bytes: Uint8Array, at: number): Begun | null {
  const layout = layouts.get((bytes[at + 7] ?? 0) + 256 * (bytes[at + 8] ?? 0) + 65_536 * (bytes[at + 9] ?? 0));
  const [length = 0, flags = 0] = [bytes[at + 1], bytes[at + 2]];
  return layout && length > 0 && flags <= 1 ? { layout, end: at + 10 + length } : null;
}

function bitwise(bytes: Uint8Array, extra: number): number {
  let crc = 0xffff;
  for (const byte of [...bytes, extra]) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  }
  return crc;
}

/** Data messages by topic, from the lengths and the numbers of the subscriptions alone. */
function walkUlog(bytes: Buffer): Counts {
  const topics = new Map<number, string>();
  const names: string[] = [];
  for (let at = 16; at + 3 <= bytes.length; at += 3 + bytes.readUInt16LE(at)) {
    const [kind, body] = [bytes.toString('latin1', at + 2, at + 3), bytes.subarray(at + 3)];
    if (kind === 'A') topics.set(body.readUInt16LE(1), body.toString('latin1', 3, bytes.readUInt16LE(at)));
    if (kind === 'D') names.push(topics.get(body.readUInt16LE(0)) ?? 'unknown');
  }
  return countNames(names);
}
