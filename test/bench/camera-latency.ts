/** From a picture to its alert on the disk: the camera daemon as a process, with the shipped detector, at several rates. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openSpoolReader } from '../../daemons/core/adapters/spool.sqlite.ts';
import type { BoxEvent, Envelope } from '../../daemons/core/values/envelope.ts';
import { printed } from '../../daemons/tools/evaluate/figures.ts';
import { hover, layCameraPost } from './camera-post.ts';
import type { Figure } from './figure.ts';

const root = path.join(import.meta.dirname, '../..');
/** Pictures that are offered at each rate, a second of them not counted while the daemon warms up. */
const secondsEach = 20;
const rates = [1, 2, 5, 10] as const;
/** A picture's stamp lies so far before its arrival: in the middle of the three pictures that rpicam-vid may hold. */
const stampedBeforeMs = (rate: number): number => 1500 / rate;

/** One figure a rate: p50 in ms, and in the note p99 and the share of pictures that the source left out. */
export async function cameraLatency(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const rate of rates) figures.push(await atRate(rate));
  return figures;
}

async function atRate(rate: number): Promise<Figure> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-bench-'));
  try {
    const laid = await layCameraPost(folder, { rate });
    const untell = await hover(laid.feed);
    const child = spawn(process.execPath, [path.join(root, 'daemons/main.ts'), ...laid.args], {
      env: { ...process.env, PATH: `${path.join(folder, 'bin')}:${process.env.PATH}` },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    try {
      const waits = (await watched(path.join(folder, 'state/spool/camera.db'), child)).map(
        (ms) => ms - stampedBeforeMs(rate),
      );
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('close', resolve));
      return figureOf(rate, waits, await countsOf(path.join(folder, 'state/spool/camera.db')));
    } finally {
      child.kill('SIGKILL');
      await untell();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function figureOf(rate: number, waits: readonly number[], { frames, dropped }: Counted): Figure {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (q: number): number | null => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
  const p99 = at(0.99);
  const share = dropped / Math.max(1, frames + dropped);
  return printed(
    `camera.latency.${rate}`,
    at(0.5),
    'ms',
    `p99 ${p99 === null ? 'none' : p99.toFixed(0)} ms, ${sorted.length} pictures with a plot (rendered, 880 by 660, ${rate}/s), from arrival to the commit that holds sightings and alert, looked for each 5 ms; ${dropped} of ${frames + dropped} pictures dropped (${share.toFixed(2)}) for newer ones; simulated`,
  );
}

/** Milliseconds from each picture's stamp to when its sightings are found on the disk. */
async function watched(spool: string, child: ChildProcess): Promise<readonly number[]> {
  const clock = systemClock();
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const waits: number[] = [];
  let [seq, beganNs] = [0, 0];
  while (beganNs === 0 || clock.now().monoNs - beganNs < secondsEach * 1e9) {
    if (child.exitCode !== null) throw new Error(`the camera daemon ended with ${child.exitCode}`);
    await sleep(5);
    const reader = await openSpoolReader(spool).catch(() => null);
    if (!reader) continue;
    const found = await reader.peek('event', seq, 100).finally(() => reader.close());
    const nowNs = clock.now().monoNs;
    for (const { text, seq: of } of found) {
      seq = Math.max(seq, of);
      const body = (JSON.parse(text) as Envelope).body as BoxEvent;
      if (body.type !== 'sightings') continue;
      if (beganNs === 0) beganNs = nowNs;
      else if (body.at.monoNs - beganNs > 1e9) waits.push((nowNs - body.at.monoNs) / 1e6);
    }
  }
  return waits;
}

interface Counted {
  readonly frames: number;
  readonly dropped: number;
}

async function countsOf(spool: string): Promise<Counted> {
  const reader = await openSpoolReader(spool);
  const all = await reader.peek('event', 0, 100_000).finally(() => reader.close());
  const bodies = all.map(({ text }) => (JSON.parse(text) as Envelope).body as BoxEvent);
  const sum = (key: keyof Counted): number =>
    bodies.filter(({ type }) => type === 'health').reduce((n, { detail }) => n + Number(detail[key]), 0);
  return { frames: sum('frames'), dropped: sum('dropped') };
}
