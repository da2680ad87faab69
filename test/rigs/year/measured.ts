/** What a running year takes and gives, looked at from beside: memory, descriptors, timers, files, and what the centre has. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { openSqliteArchive } from '../../../daemons/core/adapters/archive.sqlite.ts';
import { findBrokenLink, linkHash } from '../../../daemons/core/evidence/chain.ts';
import type { Chain } from '../../../daemons/core/ports/archive.ts';
import type { Site } from '../../../daemons/tools/simulate/site.ts';

/** What is held at a moment. Bytes, counts. */
export interface Look {
  readonly wallMs: number;
  readonly heap: number;
  readonly rss: number;
  readonly descriptors: number;
  readonly timers: number;
  /** Of the box's state folder. */
  readonly box: number;
  /** Of that, its spools. */
  readonly spool: number;
  /** Of the central store: pages that are used. */
  readonly store: number;
  /** Of that store, the texts of each stream. */
  readonly texts: Readonly<Record<string, number>>;
  readonly log: number;
}

const streams = ['alert', 'event', 'tele'] as const;

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) => sum + (statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );

function ask<T>(file: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Needs `--expose-gc`: what is left after a collection is what is held. */
export async function measure(of: { wallMs: number; site: Site; logBytes: number }): Promise<Look> {
  const { wallMs, site, logBytes } = of;
  // Twice, with a turn between: what a finaliser let go goes in the second.
  for (let round = 0; round < 2; round++) {
    globalThis.gc?.();
    await pause(20);
  }
  const store = ask(site.records, (db) => {
    const number = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0]);
    const pages = number('PRAGMA page_count') - number('PRAGMA freelist_count');
    const texts = streams.map((stream) => [
      stream,
      number(`SELECT coalesce(sum(length(text)), 0) FROM envelope WHERE stream = '${stream}'`),
    ]);
    return { bytes: pages * number('PRAGMA page_size'), texts: Object.fromEntries(texts) as Record<string, number> };
  });
  return {
    wallMs,
    heap: process.memoryUsage().heapUsed,
    rss: process.memoryUsage.rss(),
    descriptors: readdirSync('/proc/self/fd').length,
    timers: process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length,
    box: sizeOf(site.state),
    spool: sizeOf(path.join(site.state, 'spool')),
    store: store.bytes,
    texts: store.texts,
    log: logBytes,
  };
}

/** Envelopes that wait in the spools of a box. */
export function backlog(spools: string): number {
  const files = readdirSync(spools).filter((name) => name.endsWith('.db'));
  return files.reduce((sum, name) => sum + ask(path.join(spools, name), waitingIn), 0);
}

/** A file that was just made has no tables yet, and nothing waits in it. */
const waitingIn = (db: DatabaseSync): number => {
  const laid = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map(({ name }) => name);
  return streams
    .filter((stream) => laid.includes(stream))
    .reduce((sum, stream) => sum + Number(db.prepare(`SELECT count(*) AS n FROM ${stream}`).get()?.n), 0);
};

export interface Received {
  /** Envelopes that a spool still holds. */
  readonly waiting: number;
  /** Alerts, events: numbers that never came and never will. Telemetry may be shed, and says so. */
  readonly gone: Readonly<Record<string, number>>;
  /** Alerts by their rule, each once; and those with a flag of an ended calibration. */
  readonly raised: number;
  readonly twice: number;
  readonly expired: number;
  /** Of the first expired alert, and of the last that was not: Unix ms. */
  readonly firstExpiredMs: number | null;
  readonly lastValidMs: number | null;
  readonly cleared: number;
  /** Alerts whose bodies were deleted at 30 days, and those that were due and are whole. */
  readonly retained: number;
  readonly overdue: number;
  /** Unix ms when each alert began, by the box. */
  readonly beganMs: readonly number[];
  /** Envelopes of telemetry that are older and still whole; those whose link alone is kept; links that do not hold. */
  readonly overdueTelemetry: number;
  readonly folded: number;
  readonly brokenLinks: number;
  readonly conflicts: number;
  readonly quarantined: number;
  /** Events by type. */
  readonly events: Readonly<Record<string, number>>;
}

interface AlertRow {
  readonly body: string;
  readonly raised_ms: number;
  readonly changed_ms: number;
  readonly kept: number | null;
  readonly rev: number;
}

/** 30 days, and one until what is due is gathered. */
const retentionMs = 31 * 86_400_000;
/** The last look for what is due was within the hour; a look of this rig may be hours apart. */
const slackMs = 86_400_000;

/** What the centre has at the end, `nowMs` by its clock; `waiting` is what a spool held still. */
export async function received(records: string, waiting: number, nowMs: number): Promise<Received> {
  const brokenLinks = await brokenIn(records);
  return ask(records, (db) => {
    const all = <T>(sql: string): T[] => db.prepare(sql).all() as T[];
    const alerts = all<AlertRow>(
      `SELECT body, raised_ms, changed_ms, alert.rev AS rev, retained.rev AS kept FROM alert LEFT JOIN retained ON retained.alert = alert.id`,
    ).map((row) => ({
      ...row,
      alert: JSON.parse(row.body) as {
        kind: string;
        condition: string;
        at: { wallMs: number };
        since: { wallMs: number };
        flags?: string[];
      },
    }));
    const ours = alerts.filter(({ alert }) => alert.kind === 'ammonia');
    const isExpired = ({ body }: AlertRow): boolean => body.includes('calibration-expired');
    const times = (some: typeof ours): number[] => some.map(({ raised_ms }) => raised_ms);
    const [expired, valid] = [ours.filter(isExpired), ours.filter((one) => !isExpired(one))];
    const count = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0]);
    return {
      waiting,
      gone: Object.fromEntries(
        all<{ stream: string; n: number }>('SELECT stream, sum(last - first + 1) AS n FROM gone GROUP BY stream').map(
          ({ stream, n }) => [stream, n],
        ),
      ),
      raised: ours.length,
      twice: count('SELECT coalesce(sum(effects - 1), 0) FROM revision'),
      expired: expired.length,
      firstExpiredMs: expired.length === 0 ? null : Math.min(...times(expired)),
      lastValidMs: valid.length === 0 ? null : Math.max(...times(valid)),
      cleared: ours.filter(({ alert }) => alert.condition === 'cleared').length,
      retained: alerts.filter(({ kept, rev }) => kept === rev).length,
      overdue: alerts.filter(({ kept, rev, changed_ms }) => kept !== rev && changed_ms < nowMs - retentionMs).length,
      beganMs: ours.map(({ alert }) => alert.since.wallMs),
      overdueTelemetry: count(
        `SELECT count(*) FROM envelope WHERE stream = 'tele' AND committed_ms < ${nowMs - retentionMs - slackMs}`,
      ),
      folded: count("SELECT coalesce(sum(last - first + 1), 0) FROM folded WHERE stream = 'tele'"),
      brokenLinks,
      conflicts: count('SELECT count(*) FROM conflict'),
      quarantined: count('SELECT count(*) FROM quarantine'),
      events: Object.fromEntries(
        all<{ type: string; n: number }>(
          `SELECT json_extract(text, '$.body.type') AS type, count(*) AS n FROM envelope WHERE stream = 'event' GROUP BY type ORDER BY n DESC`,
        ).map(({ type, n }) => [type, n]),
      ),
    };
  });
}

/** Links of the centre's chains that do not hold, over everything that was folded and is whole; a hole begins a chain anew. */
async function brokenIn(records: string): Promise<number> {
  const archive = openSqliteArchive(records);
  const chains = ask(
    records,
    (db) => db.prepare('SELECT device, spool, stream FROM progress').all() as unknown as Chain[],
  );
  let broken = 0;
  for (const chain of chains) {
    let before: { readonly seq: number; readonly hash: string } | null = null;
    for (let from = 1, more = true; more; ) {
      const some = await archive.read(chain, from, Number.MAX_SAFE_INTEGER);
      for (const { seq, text } of some) {
        if (before?.seq === seq - 1 && findBrokenLink([text], before) !== null) broken += 1;
        before = { seq, hash: linkHash(text) };
      }
      from = (some.at(-1)?.seq ?? from) + 1;
      more = some.length > 0;
    }
  }
  await archive.close();
  return broken;
}
