/** A console on a store of its own in a temporary folder, whose clock a test turns. */
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { openTicking } from '../../daemons/console/desk/ticking.ts';
import { openSqliteDesk } from '../../daemons/core/adapters/desk.sqlite.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import type { Dwellings } from '../../daemons/core/desk/dwellings.ts';
import { usualPolicy } from '../../daemons/core/desk/policy.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { appOn } from './console.ts';

export async function deskRoom(t: ExecutionContext, { layer = null }: { readonly layer?: Dwellings | null } = {}) {
  const file = path.join(freshFolder(t), 'ledger.db');
  const records = await openRecords(file);
  const desk = openSqliteDesk(file);
  const time = { nowMs: Date.now() };
  const ticking = openTicking({ records, desk, layer, policy: usualPolicy, nowMs: () => time.nowMs });
  const app = await appOn({ records, desk });
  t.teardown(async () => {
    await app.close();
    await desk.close();
    await records.close();
  });
  const call = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
    const answer = await app.inject({ method, url, ...(payload && { payload }) });
    return { code: answer.statusCode, body: answer.json() };
  };
  const get = async (url: string) => (await call('GET', url)).body;
  const post = (url: string, payload: object, by = 'op-1') => call('POST', url, { by, ...payload });
  return { file, records, desk, time, ticking, call, get, post };
}
