/** A spool to be damaged, and what comes out of a damaged copy of it. */
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSpool, openSpoolReader } from '../../daemons/core/adapters/spool.sqlite.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import type { Item, Outbox } from '../../daemons/core/ports/spool.ts';
import { goneIn } from '../../daemons/core/spool/gone.ts';
import { type BoxEvent, type Envelope, type Stream, streams } from '../../daemons/core/values/envelope.ts';
import { device, examine, type Found, keyOf, marked } from './marks.ts';

export const file = 'gas.db';
/** The mark of what is written after the damage. */
const afterwards = 9_000_000;

export interface Specimen {
  /** The files as a power cut leaves them: the database, its log, and the index beside the log. */
  readonly folder: string;
  readonly spool: string;
  /** Every text that was ever in it, by place: `stream seq`. */
  readonly written: ReadonlyMap<string, string>;
  /** Of these, what was not settled. */
  readonly waiting: ReadonlyMap<string, string>;
}

const placeOf = (stream: Stream, seq: number): string => `${stream} ${seq}`;

async function textsIn(outbox: Outbox): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const stream of streams)
    for (let after = 0; ; ) {
      const rows = await outbox.peek(stream, after, 1000);
      for (const { seq, text } of rows) texts.set(placeOf(stream, seq), text);
      const last = rows.at(-1);
      if (!last) break;
      after = last.seq;
    }
  return texts;
}

/** Some MB of marks, part of them in the database and part in its log, part of them settled, with holes. */
export async function makeSpecimen(folder: string, draw: () => number): Promise<Specimen> {
  const making = `${folder}-making`;
  mkdirSync(making, { recursive: true });
  const spool = await openSpool({ path: path.join(making, file), device, telemetryHoldMs: 0 });
  for (let n = 1; n <= 300; n++) {
    const list: Stream[] = draw() < 0.3 ? ['event'] : draw() < 0.3 ? ['tele', 'tele'] : ['alert', 'tele'];
    const items: Item[] = list.map((stream, i) => marked(stream, 10 * n + 5 * i));
    await spool.append(items, { last: n });
  }
  const written = await textsIn(spool);
  for (const stream of streams) await spool.settle(stream, 20 + Math.floor(30 * draw()), [2, 3, 17]);
  const waiting = await textsIn(spool);
  cpSync(making, folder, { recursive: true });
  const { id } = spool;
  await spool.close();
  rmSync(making, { recursive: true });
  return { folder, spool: id, written, waiting };
}

export interface DamageOutcome {
  /** Why the spool did not open, or did not take anything. */
  readonly refusal: string | null;
  /** Places whose text came out as it was written. */
  readonly delivered: ReadonlySet<string>;
  /** Places that SQLite itself still gives, each asked for alone. */
  readonly readable: ReadonlySet<string>;
  /** Texts that nobody wrote, or under a key that was taken. */
  readonly invented: number;
  /** Whether an event says that this place is gone, or may be: beyond the last that could be read. */
  isReported(place: string): boolean;
}

/** Opens the damaged spool in `folder`, writes something more, and reads every spool that is then there. */
export async function outcomeOf(folder: string, specimen: Specimen): Promise<DamageOutcome> {
  const readable = stillReadable(folder, specimen.waiting);
  const delivered = new Set<string>();
  const gone: (readonly [string, number, number])[] = [];
  let invented = 0;
  const take = (found: Found, place: string): void => {
    const ours = found.spool === specimen.spool;
    const before = ours ? specimen.written.get(place) : undefined;
    if (before === found.text) delivered.add(place);
    else if (before !== undefined) invented += 1;
    else if (found.mark === null) gone.push(...reportedBy(found.text, specimen.spool));
    else if (found.mark !== keyOf('alert', afterwards)) invented += 1;
  };
  try {
    const spool = await openSpool({ path: path.join(folder, file), device, telemetryHoldMs: 0 });
    await spool.append([marked('alert', afterwards)]);
    await takeAll(spool, take);
    await spool.close();
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.db') && one !== file)) {
      const beside = await openSpoolReader(path.join(folder, name));
      await takeAll(beside, take);
      await beside.close();
    }
  } catch (error) {
    if (!isFault(error)) throw error;
    return { refusal: error.message, delivered, readable, invented, isReported: () => false };
  }
  const isReported = (place: string): boolean => {
    const [stream, seq] = place.split(' ');
    return gone.some(([of, from, to]) => of === stream && Number(seq) >= from && Number(seq) <= to);
  };
  return { refusal: null, delivered, readable, invented, isReported };
}

async function takeAll(outbox: Outbox, take: (found: Found, place: string) => void): Promise<void> {
  for (const [place, text] of await textsIn(outbox)) take(examine(text), place);
}

/** Ranges of the damaged spool that an event declares gone. What may follow the last that was read is a range too. */
function reportedBy(text: string, spool: string): (readonly [Stream, number, number])[] {
  const { body } = JSON.parse(text) as Envelope<'event'>;
  const after = ((body as BoxEvent).detail.after ?? []) as { spool: string; stream: Stream; seq: number }[];
  return [
    ...goneIn(text)
      .filter((one) => one.spool === spool)
      .flatMap(({ stream, ranges }) => ranges.map(([from, to]) => [stream, from, to] as const)),
    ...after
      .filter((one) => one.spool === spool)
      .map(({ stream, seq }) => [stream, seq + 1, Number.POSITIVE_INFINITY] as const),
  ];
}

/** On a copy: opening a database brings its log in. */
function stillReadable(folder: string, waiting: ReadonlyMap<string, string>): Set<string> {
  const readable = new Set<string>();
  const copy = `${folder}-asked`;
  cpSync(folder, copy, { recursive: true });
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(path.join(copy, file));
    for (const [place, text] of waiting) {
      const [stream, seq] = place.split(' ');
      if (textAt(db, stream as Stream, Number(seq)) === text) readable.add(place);
    }
  } catch (error) {
    if (!isSqlite(error)) throw error;
  } finally {
    db?.close();
    rmSync(copy, { recursive: true });
  }
  return readable;
}

function textAt(db: DatabaseSync, stream: Stream, seq: number): unknown {
  try {
    return db.prepare(`SELECT text FROM ${stream} WHERE seq = ?`).get(seq)?.text;
  } catch (error) {
    if (!isSqlite(error)) throw error;
    return undefined;
  }
}

const isSqlite = (error: unknown): boolean => {
  const { code } = error as { code?: unknown };
  return code === 'ERR_SQLITE_ERROR' || code === 'ERR_OUT_OF_RANGE';
};
