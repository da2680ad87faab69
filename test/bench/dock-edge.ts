/**
 * From the kernel's time of an edge on a simulated line to another state of the dock, on the User-Mode-Linux kernel. Beside
 * it: from the same time to gpiomon's line at the program that reads it. In turns, on the same line.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { runGuest } from '../hardware/uml.ts';
import { nativeBuilt } from '../support/native.ts';
import { given, needs } from '../support/needs.ts';
import type { Figure } from './figure.ts';

const title = 'dock.edge';
const shape = z.object({ ours: z.array(z.number()), gpiomon: z.array(z.number()) });
const reachMs = 5;

function p99(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.ceil(0.99 * sorted.length) - 1] ?? Number.NaN;
}
const round = (ms: number): number => Math.round(1000 * ms) / 1000;

/** Nothing where the kernel, gpiomon or a compiler is missing: that is said by name. */
export async function dockEdge(): Promise<readonly Figure[]> {
  const kernel = nativeBuilt(title) && needs('gpiomon', title) ? given('hardware/linux-uml', title) : null;
  if (!kernel) return [];
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-edge-'));
  try {
    const stamp = path.join(folder, 'stamp');
    execFileSync('gcc', ['-O2', '-o', stamp, path.join(import.meta.dirname, 'stamp.c')]);
    const { stdout } = await runGuest(kernel, ['edge-guest.ts', stamp]);
    const { ours, gpiomon } = shape.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
    const [value, baseline] = [p99(ours) / 1e6, p99(gpiomon) / 1e6];
    return [
      {
        id: 'dock.edge',
        value: round(value),
        unit: 'ms, p99',
        baseline: round(baseline),
        ratio: round(value / baseline),
        reach: `<= gpiomon + ${reachMs} ms`,
        ok: ours.length > 0 && gpiomon.length > 0 && value <= baseline + reachMs,
        note: `simulated line (gpio-sim) on User-Mode-Linux; ${ours.length} edges of ours, ${gpiomon.length} of gpiomon's, in turns, each from the kernel's time of the edge; gpiomon's includes the pipe to its reader`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
