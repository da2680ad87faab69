/**
 * A site of real processes around a writer that says what the spool acknowledged: uplink, ledger and, if asked for, the
 * embedded broker. Each may be killed or stopped at any time and is started again at once.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { readCommitted } from '../support/committed.ts';
import { type Kept, keepRunning } from './keep-running.ts';
import { device, examine } from './marks.ts';
import { realAdapter } from './power.ts';
import type { WriterSetup } from './writer.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
const writer = path.join(import.meta.dirname, 'writer.ts');

export const parts = ['writer', 'uplink', 'ledger', 'broker'] as const;
export type Part = (typeof parts)[number];

export interface SiteSetup {
  /** Where the uplink and the ledger look for the broker. */
  readonly uplinkTo: string;
  readonly ledgerTo: string;
  /** Port of the embedded broker; absent where the broker is somebody else's. */
  readonly broker?: number;
  /** What box and centre are started with: `LossyLine.here` for example, or nothing. */
  readonly boxWithin?: readonly string[];
  readonly centreWithin?: readonly string[];
  /** Milliseconds between two calls of the writer. */
  readonly everyMs?: number;
  readonly seed: number;
}

export interface Verdict {
  readonly acknowledged: number;
  /** Acknowledged by the spool, and not at the centre. */
  readonly missing: number;
  /** Effects taken twice, or one mark under two keys. */
  readonly doubled: number;
}

export interface Site {
  readonly acknowledged: number;
  part(name: Part): Kept;
  /** Resolves when the first envelope is at the centre. Errors: when none is after a minute. */
  begun(): Promise<void>;
  /** The writer is killed and stays away. */
  stopWriting(): Promise<void>;
  /** Waits until everything acknowledged so far is at the centre, at most `limitMs`, and says what is there. */
  delivered(limitMs: number): Promise<Verdict>;
  /** How many envelopes the centre has. */
  committed(): number;
  close(): Promise<void>;
}

export async function openSite(setup: SiteSetup): Promise<Site> {
  const { boxWithin = [], centreWithin = [] } = setup;
  const home = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-site-'));
  const [config, state, store] = ['config', 'box', 'records.db'].map((name) => path.join(home, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(path.join(state, 'spool'), { recursive: true });
  layConfig(config, setup.uplinkTo);
  await (await openRecords(store)).close();
  const writing: WriterSetup = {
    adapter: realAdapter,
    file: path.join(state, 'spool/gas.db'),
    records: null,
    first: null,
    seed: setup.seed,
    everyMs: setup.everyMs ?? 20,
    calls: null,
  };
  const acked = new Set<string>();
  const hear = (line: string): void => {
    const [word, ...rest] = line.split(' ');
    if (word === 'kept') for (let i = 0; i < rest.length; i += 2) acked.add(`${rest[i]} ${rest[i + 1]}`);
  };
  const node = process.execPath;
  const box = ['--config', config, '--device', device, '--state', state];
  const running: Partial<Record<Part, Kept>> = {
    writer: keepRunning([node, writer, JSON.stringify(writing)], hear),
    uplink: keepRunning([...boxWithin, node, main, 'uplink', ...box]),
    ledger: keepRunning([...centreWithin, node, main, 'ledger', '--broker', setup.ledgerTo, '--records', store]),
    ...(setup.broker === undefined ? {} : { broker: keepRunning([node, main, 'broker', '--port', `${setup.broker}`]) }),
  };
  const committed = readCommitted(store);

  const delivered = async (limitMs: number): Promise<Verdict> => {
    const owed = new Set(acked);
    const endMs = performance.now() + limitMs;
    let doubled = 0;
    let known = -1;
    while (owed.size > 0 && performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      const count = committed.count();
      // All of it is read only when it can be all of it.
      if (count === known || count < acked.size) continue;
      known = count;
      ({ doubled } = tick(committed.texts(), owed));
    }
    if (owed.size > 0) ({ doubled } = tick(committed.texts(), owed));
    const records = await openRecords(store);
    doubled += await records.doubledEffects();
    await records.close();
    return { acknowledged: acked.size, missing: owed.size, doubled };
  };

  return {
    get acknowledged() {
      return acked.size;
    },
    part: (name) => {
      const one = running[name];
      if (!one) throw new Error(`this site has no ${name} of its own`);
      return one;
    },
    begun: async () => {
      const endMs = performance.now() + 240_000;
      while (committed.count() === 0) {
        if (performance.now() > endMs) throw new Error('nothing reached the centre in four minutes, with no fault yet');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    stopWriting: () => running.writer?.close() ?? Promise.resolve(),
    delivered,
    committed: () => committed.count(),
    close: async () => {
      committed.close();
      await Promise.all(Object.values(running).map((one) => one.close()));
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Takes what is committed and whole off `owed`; gives how many marks came under two keys. */
function tick(texts: Iterable<string>, owed: Set<string>): { readonly doubled: number } {
  const seen = new Set<string>();
  let doubled = 0;
  for (const text of texts) {
    const { mark, intact } = examine(text);
    if (mark === null) continue;
    if (seen.has(mark)) doubled += 1;
    seen.add(mark);
    if (intact) owed.delete(mark);
  }
  return { doubled };
}

/** A box without sensors: the writer stands for its daemons. JSON is YAML too. */
function layConfig(folder: string, broker: string): void {
  const files = {
    [`devices/${device}`]: { device, site: 'north', board: 'rig', profile: 'rig' },
    'boards/rig': { board: 'rig', simulated: true, ports: {}, sensors: [] },
    'profiles/rig': {
      profile: 'rig',
      uplink: { brokers: [broker], resendMs: 1000, reconnect: { firstMs: 50, mostMs: 1000 } },
    },
  };
  for (const [name, value] of Object.entries(files)) {
    const file = path.join(folder, `${name}.yaml`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(value));
  }
}
