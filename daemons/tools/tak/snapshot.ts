/** `fieldpost tak-snapshot`: open alerts as a mission package, for a client that no server reaches. It grows old: nothing takes an alert off it again. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { openRecordsAt } from '../../core/adapters/centre.ts';
import { replaceFile } from '../../core/adapters/durable-file.ts';
import { isForOthers } from '../../core/cap/issue.ts';
import { snapshotManifest } from '../../core/cot/data-package.ts';
import { cotEvents } from '../../core/cot/event.ts';
import { outward } from '../../core/desk/outward.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { AlertRecord } from '../../core/ports/records.ts';
import type { CotEvent } from '../../core/values/cot.ts';

export interface SnapshotOptions {
  readonly records: string;
  readonly out: string;
  /** Whether there is a layer of dwellings. */
  readonly dwellings: boolean;
  /** How long clients show it as fresh. */
  readonly hours: number;
}

const page = 500;
const severities = ['info', 'warning', 'critical'];

/** Says how many alerts are in it. Errors: Fault `config` for a file that is there, and those of the store. */
export async function takSnapshot(
  { records: where, out, dwellings, hours }: SnapshotOptions,
  nowMs = Date.now(),
): Promise<readonly string[]> {
  if (existsSync(out)) throw new Fault('config', `--out ${out} is there already; must be a new file. Nothing was made`);
  const open = (await alertsIn(where)).filter(
    (one) => isForOthers(one) && outward(one, { layered: dwellings, severities }, nowMs) === 'show',
  );
  const events = open.flatMap((one) => cotEvents(one, nowMs, { freshMs: hours * 3_600_000 }));
  const { zipSync, strToU8 } = await import('fflate');
  const name = path.basename(out).replace(/\.[^.]*$/, '');
  const files = events.map((one) => [fileOf(one), strToU8(`<?xml version="1.0" encoding="UTF-8"?>\n${one.xml}\n`)]);
  const manifest = strToU8(
    snapshotManifest(
      name,
      new Date(nowMs).toISOString(),
      events.map((one) => [fileOf(one), one.uid]),
    ),
  );
  await replaceFile(out, zipSync({ 'MANIFEST/manifest.xml': manifest, ...Object.fromEntries(files) }), 0o600);
  const placeless = open.filter((one) => one.alert.where === null).length;
  return [`${out}: ${open.length - placeless} alerts, fresh for ${hours} h; ${placeless} without a place are left out`];
}

async function alertsIn(where: string): Promise<readonly AlertRecord[]> {
  const records = await openRecordsAt(where);
  try {
    const all = new Map<string, AlertRecord>();
    for (let cursor = 0; ; ) {
      const changes = await records.changes(cursor, page);
      if (changes.cursor === cursor) return [...all.values()];
      cursor = changes.cursor;
      for (const one of changes.alerts) all.set(one.alert.id, one);
    }
  } finally {
    await records.close();
  }
}

/** A path of letters that every file system has, whatever an alert is called. */
const fileOf = ({ uid }: CotEvent): string => {
  const folder = createHash('sha256').update(uid).digest('hex').slice(0, 16);
  return `${folder}/${folder}.cot`;
};
