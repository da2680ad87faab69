/**
 * The power-cut rig. Each round: a writer on a disk of its own is killed at a random instant and the power of the disk is
 * cut; then the spool is opened again and held against what was acknowledged. What is left in it is delivered once more to
 * a central store that was not cut, so that redelivery and its effects are part of it.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openRecords, type SqliteRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import { findBrokenLink } from '../../daemons/core/evidence/chain.ts';
import { type Stream, streams } from '../../daemons/core/values/envelope.ts';
import { parseEnvelope } from '../../daemons/core/wire/envelope.ts';
import { openDisk } from '../support/loop-ext4.ts';
import { killChild, startChild } from './child.ts';
import { numbersOf } from './draw.ts';
import { type Chain, chainStart, device, examine, type Found, keyOf, linkOf, marked } from './marks.ts';
import type { WriterSetup } from './writer.ts';

export const realAdapter = new URL('../../daemons/core/adapters/spool.sqlite.ts', import.meta.url).href;
const writer = path.join(import.meta.dirname, 'writer.ts');
/** A file serves this many rounds, so that the making of a file is cut too. */
const roundsOfFile = 12;
/** Marks of one round; more are not written in its time. */
const marksOfRound = 100_000;

export interface Tally {
  /** Envelopes that the writer was told are kept. */
  acknowledged: number;
  /** Of these: gone, changed, or their key taken by another. */
  lost: number;
  /** Effects that were taken twice at the centre. */
  duplicates: number;
  /** Files that did not open. */
  unopenable: number;
  /** Files that opened, but had to be mended: a cut must not even do that. */
  mended: number;
}
export const emptyTally = (): Tally => ({ acknowledged: 0, lost: 0, duplicates: 0, unopenable: 0, mended: 0 });

export interface PowerPlan {
  readonly cuts: number;
  readonly seed: number;
  readonly adapter?: string;
  /** Ends at the first round that lost something: enough to prove that the rig sees it. */
  readonly untilLoss?: boolean;
  say(text: string): void;
}

export async function cutPower(plan: PowerPlan): Promise<Tally> {
  const tally = emptyTally();
  const disk = openDisk();
  const home = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-power-'));
  const store = path.join(home, 'records.db');
  const records = await openRecords(store);
  const draw = numbersOf(plan.seed);
  let box: Box = freshBox();
  try {
    await rehearse(home, plan.adapter ?? realAdapter);
    for (let round = 0; round < plan.cuts; round++) {
      const folder = path.join(disk.folder, String(Math.floor(round / roundsOfFile)));
      if (round % roundsOfFile === 0) {
        box = freshBox();
        // A folder of its own: what is removed here may be back after the cut.
        for (const name of readdirSync(disk.folder)) rmSync(path.join(disk.folder, name), { recursive: true });
      }
      const file = path.join(folder, 'gas.db');
      const first = (round + 1) * marksOfRound;
      const setup: WriterSetup = {
        adapter: plan.adapter ?? realAdapter,
        file,
        records: draw() < 0.6 ? store : null,
        first,
        seed: Math.floor(draw() * 2 ** 31),
        everyMs: 0,
        calls: null,
      };
      const child = startChild(writer, [JSON.stringify(setup)]);
      // Some are killed while they open the file, most while they write.
      await child.says(draw() < 0.25 ? /^ready/ : /^kept /);
      await new Promise((resolve) => setTimeout(resolve, 200 * draw()));
      await killChild(child);
      disk.cut();
      for (const line of child.lines) hear(box, line, tally);
      await lookAfter(box, { file, records, mark: first + marksOfRound - 1, draw, tally, say: plan.say });
      if ((round + 1) % 10 === 0) plan.say(`${round + 1} power cuts: ${JSON.stringify(tally)}`);
      if (plan.untilLoss && tally.lost > 0) break;
    }
    tally.duplicates += await records.doubledEffects();
    return tally;
  } finally {
    await records.close();
    rmSync(home, { recursive: true, force: true });
    disk.close();
  }
}

/** A writer that ends by itself leaves what it compiled to the next ones. */
async function rehearse(home: string, adapter: string): Promise<void> {
  const [file, records] = [path.join(home, 'rehearsal.db'), path.join(home, 'rehearsed.db')];
  const setup: WriterSetup = { adapter, file, records, first: 1, seed: 1, everyMs: 0, calls: 5 };
  await startChild(writer, [JSON.stringify(setup)]).ended;
}

/** What is known of one spool file. */
interface Box {
  /** Acknowledged, and not yet seen at the centre or in the file. */
  readonly owed: Set<string>;
  /** What the centre got, or what the file held, by key; not yet held against the chain. */
  readonly found: Map<string, Found>;
  /** Marks that were seen as they were written. */
  readonly whole: Set<string>;
  /** How far each chain was followed. */
  readonly chains: Map<string, Chain>;
  /** Where each mark was found: one mark has one key. */
  readonly places: Map<string, string>;
}
const freshBox = (): Box => ({
  owed: new Set(),
  whole: new Set(),
  found: new Map(),
  chains: new Map(),
  places: new Map(),
});
const placeOf = ({ spool, stream, seq }: Found): string => `${spool} ${stream} ${seq}`;

function hear(box: Box, line: string, tally: Tally): void {
  const [word = '', ...rest] = line.split(' ');
  if (word === 'kept') {
    for (let i = 0; i < rest.length; i += 2) {
      const mark = `${rest[i]} ${rest[i + 1]}`;
      // The centre may have it before the writer is told that it is kept.
      if (!box.whole.has(mark)) box.owed.add(mark);
    }
    tally.acknowledged += rest.length / 2;
  } else if (word === 'sent') see(box, examine(line.slice('sent '.length)), tally);
  else if (word === 'note') tally.mended += 1;
}

function see(box: Box, found: Found, tally: Tally): void {
  const place = placeOf(found);
  const before = box.found.get(place);
  // The same key with another text: one of the two is lost for whoever deduplicates by key.
  if (before && before.text !== found.text) tally.lost += 1;
  box.found.set(place, found);
  if (found.mark === null) return;
  if (found.intact) {
    box.whole.add(found.mark);
    box.owed.delete(found.mark);
  }
  const known = box.places.get(found.mark);
  if (known !== undefined && known !== place) tally.duplicates += 1;
  box.places.set(found.mark, place);
}

interface Care {
  readonly file: string;
  readonly records: SqliteRecords;
  /** A mark that no writer uses. */
  readonly mark: number;
  readonly tally: Tally;
  draw(): number;
  say(text: string): void;
}

/** The box comes back: everything acknowledged must be there, the chains whole; then it goes on. */
async function lookAfter(box: Box, { file, records, mark, tally, draw, say }: Care): Promise<void> {
  let spool: Awaited<ReturnType<typeof openSpool>>;
  try {
    spool = await openSpool({ path: file, device, telemetryHoldMs: 0 });
  } catch (error) {
    say(`${file} did not open: ${(error as Error).message}`);
    tally.unopenable += 1;
    return;
  }
  for (const note of spool.notes) {
    say(note);
    if (!note.includes('was empty')) tally.mended += 1;
  }
  await spool.append([marked('event', mark)]);
  tally.acknowledged += 1;
  box.owed.add(keyOf('event', mark));
  for (const stream of streams) await redeliver(stream);
  await spool.close();
  for (const key of box.owed) say(`lost: ${key}`);
  tally.lost += box.owed.size + followChains(box, say);
  box.owed.clear();

  async function redeliver(stream: Stream): Promise<void> {
    let after = 0;
    for (;;) {
      const rows = await spool.peek(stream, after, 500);
      after = rows.at(-1)?.seq ?? after;
      if (rows.length === 0) break;
      for (const { text } of rows) see(box, examine(text), tally);
      const arrivals = rows.map(({ text }) => ({ site: 'north', text, envelope: parseEnvelope(text) }));
      // Twice, as after a receipt that went astray.
      for (const again of [0, 1]) {
        const outcomes = await records.commit(again === 0 ? arrivals : arrivals.slice(0, 20), Date.now());
        tally.lost += outcomes.filter((one) => one === 'conflict').length;
      }
    }
    await spool.settle(stream, Math.floor(after * draw()), []);
  }
}

/** Every chain from where it was followed to, through everything found since; gives how many links are broken. */
function followChains(box: Box, say: (text: string) => void): number {
  const bySpool = Map.groupBy(box.found.values(), ({ spool, stream }) => `${spool} ${stream}`);
  let broken = 0;
  for (const [name, list] of bySpool) {
    const known = box.chains.get(name) ?? chainStart;
    const fresh = list.filter(({ seq }) => seq > known.seq).sort((a, b) => a.seq - b.seq);
    const last = fresh.at(-1);
    if (last === undefined) continue;
    const link = findBrokenLink(
      fresh.map(({ text }) => text),
      known,
    );
    const spoiled = fresh.filter(({ intact }) => !intact).length;
    if (link !== null) say(`${name}: ${link.reason}`);
    broken += spoiled + (link === null ? 0 : 1);
    box.chains.set(name, linkOf(last));
  }
  return broken;
}
