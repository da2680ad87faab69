/**
 * Whether a slow card delays sampling. Every fsync and fdatasync of the process takes 500 ms more: a small library in
 * front of libc (LD_PRELOAD) sleeps before it calls the real one. SQLite in Node calls both through libc.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import { item } from '../core/spool/keeping.ts';
import { abTurns, type Figure } from './figure.ts';

const shim = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
static void wait_first(void) {
  const char *ms = getenv("FSYNC_DELAY_MS");
  long n = ms ? atol(ms) : 0;
  struct timespec t = { n / 1000, (n % 1000) * 1000000L };
  if (n > 0) nanosleep(&t, NULL);
}
int fsync(int fd) { wait_first(); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { wait_first(); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
`;
const periodMs = 20;
const looks = 200;

/** In a process of its own: samples at a fixed period while alerts are committed, and prints how late its p99 was. */
async function run(folder: string): Promise<void> {
  const clock = systemClock();
  const spool = await openSpool({ path: path.join(folder, 'bench.db'), device: 'bench' });
  const slow = performance.now();
  await spool.append([item('alert', 0)]);
  const commitMs = performance.now() - slow;
  const late: number[] = [];
  let due = clock.now().monoNs;
  for (let n = 0; n < looks; n++) {
    late.push((clock.now().monoNs - due) / 1e6);
    // As in the daemon: what was read goes to the spool, and the next look does not wait for it.
    void spool.append(n % 25 === 0 ? [item('alert', n), item('tele', n)] : [item('tele', n)]);
    due += periodMs * 1e6;
    await clock.sleep(Math.max(0, (due - clock.now().monoNs) / 1e6), 'bench', new AbortController().signal);
  }
  const p99 = late.toSorted((a, b) => a - b)[Math.floor(0.99 * late.length)];
  process.stdout.write(JSON.stringify({ p99, commitMs }));
  await spool.close();
}

export async function jitter(): Promise<Figure> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-bench-'));
  const library = path.join(folder, 'slow.so');
  const made = spawnSync('gcc', ['-shared', '-fPIC', '-O1', '-x', 'c', '-', '-o', library, '-ldl'], { input: shim });
  if (made.status !== 0) {
    rmSync(folder, { recursive: true });
    return {
      id: 'spool.jitter',
      value: null,
      unit: 'ms',
      baseline: null,
      ratio: null,
      reach: '<= 5 ms more',
      ok: null,
      note: 'no gcc: not measured',
    };
  }
  let slowest = 0;
  const p99 = (delayMs: number): number => {
    const home = mkdtempSync(path.join(folder, 'run-'));
    const env = { ...process.env, LD_PRELOAD: library, FSYNC_DELAY_MS: String(delayMs) };
    const child = spawnSync(process.execPath, [import.meta.filename, home], { env, encoding: 'utf8' });
    if (child.status !== 0) throw new Error(`the sampling process failed: ${child.stderr}`);
    const said = JSON.parse(child.stdout) as { p99: number; commitMs: number };
    if (delayMs > 0) slowest = said.commitMs;
    return said.p99;
  };
  const { a, b } = await abTurns(
    () => p99(500),
    () => p99(0),
    7,
  );
  rmSync(folder, { recursive: true });
  return {
    id: 'spool.jitter',
    value: a,
    unit: 'ms late, p99',
    baseline: b,
    ratio: a / b,
    reach: 'difference <= 5 ms',
    ok: a - b <= 5,
    note: `${looks} looks every ${periodMs} ms with an alert each half second; each fsync 500 ms slower (LD_PRELOAD): one commit took ${Math.round(slowest)} ms; difference ${(a - b).toFixed(2)} ms`,
  };
}

if (import.meta.main) await run(process.argv[2] ?? '');
