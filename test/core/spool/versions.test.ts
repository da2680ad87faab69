/** A program that was taken back: the spool of the newer one opens, and what it kept is delivered. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { openSpool, openSpoolReader } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { freshFolder, item, markOf } from './keeping.ts';

/** As a newer program might leave it: another number, a column and a table more. */
function madeNewer(file: string): void {
  const db = new DatabaseSync(file);
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  db.exec(`PRAGMA user_version = ${version + 1}; CREATE TABLE of_a_newer_program (x TEXT)`);
  db.exec('ALTER TABLE alert ADD COLUMN later TEXT');
  db.close();
}

test('envelopes that a newer program kept are all there after a rollback, and what is kept next follows', async (t) => {
  const folder = freshFolder(t);
  const file = path.join(folder, 'gas.db');
  const newer = await openSpool({ path: file, device: 'post-1', telemetryHoldMs: 0 });
  for (let n = 1; n <= 12; n++) await (await newer.append([item('alert', n)])).committed;
  await newer.close();
  madeNewer(file);
  await t.throwsAsync(openSpoolReader(file), { instanceOf: Fault, message: /another version; its daemon mends it/ });

  const older = await openSpool({ path: file, device: 'post-1', telemetryHoldMs: 0 });
  await (await older.append([item('alert', 13)])).committed;
  await older.close();
  const marks: number[] = [];
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.db'))) {
    const reader = await openSpoolReader(path.join(folder, name));
    marks.push(...(await reader.peek('alert', 0, 100)).map(({ text }) => markOf(text)));
    await reader.close();
  }
  t.deepEqual(
    marks.toSorted((a, b) => a - b),
    Array.from({ length: 13 }, (_, i) => i + 1),
  );
});
