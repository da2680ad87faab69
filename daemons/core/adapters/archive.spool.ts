import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Archive, Chain, Filed } from '../ports/archive.ts';
import { Fault } from '../ports/fault.ts';
import type { SpoolReader } from '../ports/spool.ts';
import type { Stream } from '../values/envelope.ts';
import { saying } from './archive.sqlite.ts';
import { openSpoolReader } from './spool.sqlite.ts';

/**
 * What a box itself holds still: the spools of its state folder, opened beside their writers. What was delivered and
 * confirmed has left them. `master` is the storage key where they are encrypted.
 */
export async function openSpoolArchive(folder: string, master: Uint8Array | null = null): Promise<Archive> {
  const readers = new Map<string, SpoolReader>();
  for (const name of filesOf(folder)) {
    const reader = await openSpoolReader(path.join(folder, name), master);
    readers.set(reader.id, reader);
  }

  const all = async (stream: Stream, saying: string): Promise<Filed[]> => {
    const found: Filed[] = [];
    for (const [spool, reader] of readers) {
      let after = 0;
      for (;;) {
        const some = await reader.peek(stream, after, 1000);
        const last = some.at(-1);
        if (!last) break;
        after = last.seq;
        for (const { seq, text } of some)
          if (text.includes(saying)) found.push({ device: deviceOf(text), spool, stream, seq, text });
      }
    }
    return found;
  };
  const ends = async ({ spool, stream }: Chain): Promise<{ first: number; last: number } | null> => {
    const reader = readers.get(spool);
    const [first] = (await reader?.peek(stream, 0, 1)) ?? [];
    if (!reader || !first) return null;
    const isBeyond = async (seq: number): Promise<boolean> => (await reader.peek(stream, seq, 1)).length === 0;
    let [low, step] = [first.seq, 1];
    while (!(await isBeyond(low + step))) step *= 2;
    let high = low + step;
    // Something lies behind every `low - 1`, nothing behind `high`.
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (await isBeyond(middle)) high = middle;
      else low = middle + 1;
    }
    return { first: first.seq, last: low };
  };
  return {
    spools: async () => [...readers.keys()],
    revisions: (id) => all('alert', saying('id', id)),
    ends,
    read: async ({ spool, stream }, from, to) =>
      ((await readers.get(spool)?.peek(stream, from - 1, 1000)) ?? []).filter(({ seq }) => seq <= to),
    events: async (_device, type, limit) => (await all('event', saying('type', type))).reverse().slice(0, limit),
    heads: async () => [],
    inForce: async () => {
      const kept = await Promise.all([...readers.values()].map((reader) => reader.recall('in-force')));
      return kept.flatMap(
        (one) => (one as { files: Awaited<ReturnType<Archive['inForce']>> } | undefined)?.files ?? [],
      );
    },
    close: async () => {
      for (const reader of readers.values()) await reader.close();
    },
  };
}

const deviceOf = (text: string): string => (JSON.parse(text) as { device: string }).device;

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.db'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Fault('absent', `${folder}: there are no spools; the state folder of a box is meant`, error);
  }
}
