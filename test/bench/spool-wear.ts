/** What a day of telemetry writes to the device, beside one JSON row a reading committed each second. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSpoolFile } from '../../daemons/core/adapters/spool.sqlite.file.ts';
import { loadBox } from '../../daemons/core/config/box.ts';
import { pack } from '../../daemons/core/spool/link.ts';
import type { Measurement } from '../../daemons/core/values/measurement.ts';
import type { Reading } from '../../daemons/core/values/reading.ts';
import type { Stamp } from '../../daemons/core/values/stamp.ts';
import { gasSection } from '../../daemons/gas/config.ts';
import { emptyBatch, seal, sizeOf } from '../../daemons/gas/keep.ts';
import { abTurns, type Figure } from './figure.ts';
import { benchDisk } from './spool-disk.ts';

const seconds = 600;
const channels = 10;
const root = path.join(import.meta.dirname, '../..');
const { telemetry, healthEveryMs } = gasSection.parse(
  loadBox(path.join(root, 'firmware-configs'), 'post-1').profile.gas,
);

const stampOf = (second: number): Stamp => ({
  wallMs: 1_790_000_000_000 + second * 1000,
  monoNs: second * 1e9,
  boot: '00000000-0000-4000-8000-000000000001',
  synced: true,
  uncertaintyMs: 5,
});

let state = 1;
const noise = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32 - 0.5;
};
const readingsOf = (second: number): Reading[] =>
  Array.from({ length: channels }, (_, n) => ({
    sensor: `sensor-${n}`,
    channel: 'level',
    at: stampOf(second),
    value: Number((900 + 10 * n + 4 * noise()).toFixed(2)),
    unit: 'mV',
    flags: [],
  }));
const measured = ({ sensor, at, value, flags }: Reading): Measurement => ({
  sensor,
  quantity: `quantity-${sensor}`,
  at,
  value: value === null ? null : Number((1.13 * value - 0.4).toFixed(3)),
  unit: 'ppm',
  u: 0.5,
  flags,
  calibration: 'calibration-1',
});

export async function wear(): Promise<Figure> {
  const disk = benchDisk(256);
  let second = 0;
  const spool = openSpoolFile(path.join(disk.folder, 'bench.db'), 'writer');
  const batch = emptyBatch('bench');
  let held: Parameters<typeof spool.append>[1][number][] = [];
  let heldSince = 0;
  const bytesOf = (work: () => void): number => {
    const before = disk.written() ?? Number.NaN;
    work();
    return (disk.written() ?? Number.NaN) - before;
  };
  const measure = (): void => {
    for (const one of readingsOf(second)) {
      batch.readings.push(one);
      batch.measurements.push(measured(one));
    }
    if (sizeOf(batch) < telemetry.batch) return;
    if (held.length === 0) heldSince = second;
    held.push(...seal(batch).map(pack));
  };
  const commit = (): void => {
    const at = stampOf(second);
    if (second % (healthEveryMs / 1000) === 0) {
      const body = { type: 'health', severity: 'info' as const, at, message: 'gas is measuring', detail: { second } };
      held.push(pack({ stream: 'event', at, body }));
    } else if (held.length === 0 || (second - heldSince) * 1000 < telemetry.holdMs) return;
    const levels = Array.from({ length: channels }, (_, n) => 900 + n + noise());
    spool.append('bench', held, [
      ['baseline', JSON.stringify({ levels, second })],
      ['detect', '{}'],
      ['alert', '{}'],
    ]);
    held = [];
  };
  /** The daemon's own way: full batches, held for company until the hold ends or an event comes. */
  const ours = (): number =>
    bytesOf(() => {
      for (const end = second + seconds; second < end; second++) {
        measure();
        commit();
      }
      // More often than it really is: the log is brought in only when it has a thousand pages.
      spool.checkpoint();
    });

  const db = new DatabaseSync(path.join(disk.folder, 'rows.db'));
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE readings(id INTEGER PRIMARY KEY, json TEXT)',
  );
  const insert = db.prepare('INSERT INTO readings(json) VALUES(?)');
  const rows = (): number =>
    bytesOf(() => {
      for (let n = 0; n < seconds; n++) {
        db.exec('BEGIN');
        for (const one of readingsOf(n)) insert.run(JSON.stringify(one));
        db.exec('COMMIT');
      }
      db.exec('PRAGMA wal_checkpoint(RESTART)');
    });
  ours();
  rows();
  const { a, b } = await abTurns(ours, rows, 7);
  spool.close();
  db.close();
  disk.close();
  const perDay = 86_400 / seconds / 1e6;
  return {
    id: 'spool.wear',
    value: a * perDay,
    unit: 'MB/day on the device',
    baseline: b * perDay,
    ratio: a / b,
    reach: 'ratio <= 0.1',
    ok: a / b <= 0.1,
    note: `${channels} channels at 1 Hz, readings and measurements, the profile of npm start (batches of ${telemetry.batch}, hold ${telemetry.holdMs} ms, health each ${healthEveryMs} ms), ${seconds} simulated seconds a round, ${disk.note}, journal included`,
  };
}
