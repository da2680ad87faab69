/** A year of a post in minutes: starts run.ts under libfaketime and gives what it measured. */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { findProgram } from '../../support/needs.ts';
import type { Wish } from './calendar.ts';
import type { Year } from './run.ts';

const library = (): string | undefined => globSync('/usr/lib/*/faketime/libfaketime.so.1')[0];

/** Null where a year can be run here. */
export const lacksForYear = (): string | null =>
  library() === undefined ? 'no faketime' : findProgram('mosquitto') === null ? 'no mosquitto' : null;

/** Errors: when the run ends without a result, with the last of what it said. */
export async function runYear(wish: Wish, say: (text: string) => void): Promise<Year> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-year-'));
  const wall = path.join(folder, 'wall');
  writeFileSync(wall, '+0\n');
  const child = spawn(
    process.execPath,
    ['--expose-gc', path.join(import.meta.dirname, 'run.ts'), JSON.stringify(wish), path.join(folder, 'site'), wall],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        LD_PRELOAD: library(),
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        FAKETIME_NO_CACHE: '1',
        FAKETIME_TIMESTAMP_FILE: wall,
        // Where clocks are changed twice a year.
        TZ: 'Europe/Berlin',
      },
    },
  );
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  let [answer, last] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    last = (last + text).slice(-4000);
    say(text.trimEnd());
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  process.off('exit', end);
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0) throw new Error(`the year ended with ${code}:\n${last}`);
  return JSON.parse(answer) as Year;
}
