/** `console.checks`: attacks on a console that listens, each a function by name, each refused or not. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from '../../daemons/console/web/build.ts';
import { entry } from '../support/attacks/entry.ts';
import { input } from '../support/attacks/input.ts';
import { links } from '../support/attacks/links.ts';
import { objects } from '../support/attacks/objects.ts';
import { behind, outside, wire } from '../support/attacks/outside.ts';
import { type Checks, openRoom, type Room, type RoomOptions } from '../support/attacks/room.ts';
import { sitePki } from '../support/site-pki.ts';
import type { Figure } from './figure.ts';

export interface Checked {
  readonly name: string;
  /** Null: passed. */
  readonly wrong: string | null;
}

/** Each group has a console of its own; within it they run one after the other. */
export async function runChecks(page?: Page): Promise<readonly Checked[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-checks-'));
  const ends: (() => Promise<unknown>)[] = [];
  const seen: Checked[] = [];
  const group = async (checks: Checks, options: Omit<RoomOptions, 'folder'> = {}): Promise<void> => {
    const room = await openRoom({ folder, ...(page && { page }), ...options }, ends);
    for (const [name, check] of Object.entries(checks)) seen.push({ name, wrong: await outcome(check, room) });
  };
  try {
    await group({ ...entry, ...links });
    await group({ ...objects, ...input, ...outside });
    const pki = await sitePki(path.join(folder, 'pki'));
    const server = await pki.server(path.join(folder, 'server'), ['console.example']);
    const pem = (name: string): Buffer => readFileSync(path.join(server, name));
    await group(wire, { tls: { cert: pem('server.crt'), key: pem('server.key') } });
    await group(behind, { proxies: ['192.0.2.1'] });
  } finally {
    for (const end of ends.reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  }
  return seen;
}

/** A check that fails to run has not passed. */
const outcome = (check: Checks[string], room: Room): Promise<string | null> =>
  (check as NonNullable<typeof check>)(room).catch((error: Error) => `could not be tried: ${error.message}`);

export async function consoleChecks(page?: Page): Promise<Figure> {
  const seen = await runChecks(page);
  const wrong = seen.filter((one) => one.wrong !== null);
  const passed = seen.length - wrong.length;
  return {
    id: 'console.checks',
    value: passed,
    unit: 'checks',
    baseline: seen.length,
    ratio: passed / seen.length,
    reach: 'all',
    ok: wrong.length === 0,
    note: `attacks on a listening console with a login, one named function each (test/support/attacks); scrypt at a cost for tests${wrong.map(({ name, wrong: why }) => `; FAILED ${name}: ${why}`).join('')}`,
  };
}
