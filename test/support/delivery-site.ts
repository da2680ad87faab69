/** A box and a centre of real processes around a spool that the test fills: uplink, ledger and, if asked for, the embedded broker. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { ExecutionContext } from 'ava';
import { openRecords, type SqliteRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import type { Spool } from '../../daemons/core/ports/spool.ts';
import type { Stream } from '../../daemons/core/values/envelope.ts';
import { freshFolder, item } from '../core/spool/keeping.ts';
import { type Kept, keepRunning } from '../rigs/keep-running.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
export const site = 'north';
export const device = 'post-7';

export interface DeliverySetup {
  readonly brokers: readonly string[];
  /** Where the ledger listens, if not where the box delivers. */
  readonly ledgerAt?: readonly string[];
  /** Runs the embedded broker on this port. */
  readonly embedded?: number;
  readonly uplink?: Readonly<Record<string, unknown>>;
}

export interface DeliverySite {
  readonly uplink: Kept;
  readonly ledger: Kept;
  readonly spoolFile: string;
  readonly recordsFile: string;
  /** Log lines so far, as JSON text. */
  log(daemon: 'uplink' | 'ledger'): readonly string[];
  spool(): Promise<Spool>;
  /** Appends, one by one in order. */
  keep(spool: Spool, stream: Stream, from: number, to: number): Promise<void>;
  /** Reads the central store beside the ledger. */
  look<T>(work: (records: SqliteRecords) => Promise<T>): Promise<T>;
  /** Waits until `condition` holds of the central store. */
  until(condition: (records: SqliteRecords) => Promise<boolean>): Promise<void>;
}

/** Everything is ended and removed after the test. */
export async function openDeliverySite(t: ExecutionContext, setup: DeliverySetup): Promise<DeliverySite> {
  const home = freshFolder(t);
  const [config, state, recordsFile] = ['config', 'box', 'ledger.db'].map((name) => path.join(home, name)) as [
    string,
    string,
    string,
  ];
  const spoolFile = path.join(state, 'spool', 'gas.db');
  mkdirSync(path.dirname(spoolFile), { recursive: true });
  layConfig(config, setup);
  await (await openRecords(recordsFile)).close();
  const said = { uplink: [] as string[], ledger: [] as string[] };
  const box = ['--config', config, '--device', device, '--state', state];
  const brokers = (setup.ledgerAt ?? setup.brokers).flatMap((url) => ['--broker', url]);
  const start = (args: readonly string[], lines: string[] = []): Kept => {
    const kept = keepRunning([process.execPath, main, ...args], (line) => void lines.push(line));
    t.teardown(() => kept.close());
    return kept;
  };
  if (setup.embedded !== undefined) start(['broker', '--port', `${setup.embedded}`]);
  const look: DeliverySite['look'] = async (work) => {
    const records = await openRecords(recordsFile);
    try {
      return await work(records);
    } finally {
      await records.close();
    }
  };
  return {
    uplink: start(['uplink', ...box], said.uplink),
    ledger: start(['ledger', ...brokers, '--records', recordsFile], said.ledger),
    spoolFile,
    recordsFile,
    log: (daemon) => said[daemon],
    spool: async () => {
      const spool = await openSpool({ path: spoolFile, device, telemetryHoldMs: 0 });
      t.teardown(() => spool.close());
      return spool;
    },
    keep: async (spool, stream, from, to) => {
      for (let n = from; n <= to; n++) await spool.append([item(stream, n)]);
    },
    look,
    until: async (condition) => {
      while (!(await look(condition))) await new Promise((resolve) => setTimeout(resolve, 50));
    },
  };
}

/** A box without sensors: the test stands for its daemons. JSON is YAML too. */
function layConfig(folder: string, { brokers, uplink }: DeliverySetup): void {
  const files = {
    [`devices/${device}`]: { device, site, board: 'bare', profile: 'bare' },
    'boards/bare': { board: 'bare', simulated: true, ports: {}, sensors: [] },
    'profiles/bare': {
      profile: 'bare',
      uplink: { brokers, resendMs: 500, reconnect: { firstMs: 50, mostMs: 1000 }, ...uplink },
    },
  };
  for (const [name, value] of Object.entries(files)) {
    const file = path.join(folder, `${name}.yaml`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(value));
  }
}
