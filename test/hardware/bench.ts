/** A bench as its tests have it: the packaged executable in the kernel, and what the guest reported. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { executable } from '../support/packaged.ts';
import { daemonsLimitMs, runGuest } from './uml.ts';

const told = z.object({
  kernel: z.string(),
  ran: z.record(z.string(), z.array(z.string())),
  found: z.unknown(),
});

/** With what makes the executable first, on a loaded machine. */
export const benchLimitMs = daemonsLimitMs + 300_000;

export interface BenchReport<T> {
  /** Cases by driver. */
  readonly ran: Readonly<Record<string, readonly string[]>>;
  readonly found: T;
}

/**
 * Runs a guest script with the packaged executable and gives its report. Says in one line what ran, for `npm run test:hardware`.
 * Errors: as `runGuest`; when the report has another shape.
 */
export async function benchReport<T>(kernel: string, guest: string, shape: z.ZodType<T>): Promise<BenchReport<T>> {
  const program = await executable();
  const { stdout } = await runGuest(kernel, [guest, program], performance.now() + daemonsLimitMs);
  const { kernel: release, ran, found } = told.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  const sha256 = createHash('sha256').update(readFileSync(program)).digest('hex');
  process.stdout.write(`kernel bench: ${JSON.stringify({ guest, kernel: release, sha256, ran })}\n`);
  return { ran, found: shape.parse(found) };
}
