/**
 * The whole way at the size of a centre: spools full of alerts, real uplinks, a real broker, real ledger workers and
 * PostgreSQL. The troublemaker of a rig kills what it likes on the way; what counts is what is in the store at the end.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { stringify } from 'yaml';
import { openSpool, openSpoolReader } from '../../daemons/core/adapters/spool.sqlite.ts';
import { sampleAlert } from '../support/alerts.ts';
import type { Postgres } from '../support/postgres.ts';
import { type Program, startProgram } from '../support/process.ts';

const root = path.join(import.meta.dirname, '../..');
const main = path.join(root, 'daemons/main.ts');

export interface Tally {
  /** Alerts whose `append` resolved at the boxes. */
  readonly alerts: number;
  /** Of these, in the store. */
  readonly committed: number;
  readonly missing: number;
  /** Alert revisions whose effect was taken more than once. */
  readonly doubled: number;
  /** Envelopes that came again and were told apart. */
  readonly repeats: number;
  /** Envelopes that the boxes keep although the store has them: receipts that did not come. */
  readonly unsettled: number;
}

export interface Site {
  readonly folder: string;
  readonly devices: readonly string[];
  readonly ids: ReadonlySet<string>;
}

/** Boxes with full spools, and the configuration that their uplinks read. `brokersOf` are those of the n-th box; alerts are of `fromMs` on. */
export async function fillSite(
  alerts: number,
  boxes: number,
  brokersOf: (n: number) => readonly string[],
  fromMs = 1_790_000_000_000,
): Promise<Site> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fp-site-'));
  const ids = new Set<string>();
  const devices = Array.from({ length: boxes }, (_, n) => `post-${n + 1}`);
  for (const [n, device] of devices.entries()) {
    const config = path.join(folder, device, 'config');
    cpSync(path.join(root, 'firmware-configs'), config, { recursive: true });
    const write = (kind: string, name: string, value: unknown): void =>
      writeFileSync(path.join(config, kind, `${name}.yaml`), stringify(value));
    mkdirSync(path.join(config, 'profiles'), { recursive: true });
    write('devices', device, { device, site: 'north', board: 'sim-gas-8', profile: 'relay' });
    write('profiles', 'relay', { profile: 'relay', uplink: { brokers: brokersOf(n), resendMs: 3000 } });
    const spool = await openSpool({ path: path.join(folder, device, 'state/spool/gas.db'), device });
    const mine = Array.from({ length: Math.floor((alerts + n) / boxes) }, (_, i) => {
      const body = sampleAlert(`${device}-${i}`, {}, fromMs + i);
      return { stream: 'alert' as const, at: body.at, body };
    });
    for (let i = 0; i < mine.length; i += 500) await spool.append(mine.slice(i, i + 500));
    for (const { body } of mine) ids.add(body.id);
    await spool.close();
  }
  return { folder, devices, ids };
}

export const startUplink = ({ folder }: Site, device: string): Program =>
  startProgram(process.execPath, [
    main,
    'uplink',
    ...['--config', path.join(folder, device, 'config')],
    ...['--device', device, '--state', path.join(folder, device, 'state')],
  ]);

/** `brokers`: addresses of one broker or cluster. */
export const startLedger = (records: string, brokers: readonly string[], more: readonly string[] = []): Program =>
  startProgram(process.execPath, [main, 'ledger', '--broker', brokers.join(','), '--records', records, ...more]);

/** Alerts in the store. */
export async function committedIn(postgres: Postgres, database: string): Promise<number> {
  const [row] = await postgres.query(database, 'SELECT count(*) AS n FROM revision');
  return Number(row?.n);
}

/** Waits until the store has so many, and says how far it is; throws when nothing moved for `lidMs`. */
export async function untilCommitted(count: number, read: () => Promise<number>, lidMs = 120_000): Promise<void> {
  let last = -1;
  let moved = performance.now();
  for (;;) {
    const now = await read().catch(() => last);
    if (now >= count) return;
    if (now !== last) moved = performance.now();
    last = now;
    if (performance.now() - moved > lidMs) throw new Error(`stuck at ${now} of ${count} for ${lidMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Waits until the boxes have a receipt for everything, then counts on both sides. */
export async function tallyOf(site: Site, postgres: Postgres, database: string): Promise<Tally> {
  const rows = await postgres.query(database, 'SELECT id, effects FROM revision');
  const there = new Set(rows.map(({ id }) => String(id)));
  const [repeats] = await postgres.query(database, 'SELECT sum(duplicates) AS n FROM progress');
  const missing = [...site.ids].filter((id) => !there.has(id));
  return {
    alerts: site.ids.size,
    committed: there.size,
    missing: missing.length,
    doubled: rows.filter(({ effects }) => Number(effects) > 1).length,
    repeats: Number(repeats?.n ?? 0),
    unsettled: await unsettledOf(site),
  };
}

/** What boxes still hold, looked at until it is nothing or does not change for a while. */
async function unsettledOf({ folder, devices }: Site): Promise<number> {
  const held = async (): Promise<number> => {
    let sum = 0;
    for (const device of devices) {
      const spools = path.join(folder, device, 'state/spool');
      for (const name of readdirSync(spools).filter((one) => one.endsWith('.db'))) {
        const reader = await openSpoolReader(path.join(spools, name));
        sum += (await reader.peek('alert', 0, 100_000)).length;
        await reader.close();
      }
    }
    return sum;
  };
  let now = await held();
  for (let looks = 0; now > 0 && looks < 40; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    now = await held();
  }
  return now;
}

export const clearSite = ({ folder }: Site): void => rmSync(folder, { recursive: true, force: true });
