/** The rollouts of a centre, to be looked at only: a look makes no file and holds nobody up. */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Rollout } from '../rollout/plan.ts';
import { faultOf } from './spool.sqlite.fault.ts';

/** Those that go on first, then by name. None where there is no file. Errors: Fault when it cannot be read just now. */
export function readRollouts(file: string): readonly Rollout[] {
  if (!existsSync(file)) return [];
  try {
    using db = new DatabaseSync(file, { readOnly: true, timeout: 2000 });
    const rows = db.prepare('SELECT state FROM rollout ORDER BY open DESC, name').all();
    return rows.map(({ state }) => JSON.parse(String(state)) as Rollout);
  } catch (error) {
    throw faultOf(error, file, 'nothing was changed') ?? error;
  }
}
