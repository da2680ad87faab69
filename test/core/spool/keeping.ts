import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Item } from '../../../daemons/core/ports/spool.ts';
import type { Stream } from '../../../daemons/core/values/envelope.ts';
import { sampleAlert, stampAt } from '../../support/alerts.ts';

/** A folder of its own, gone after the test. */
export function freshFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Something to keep; `n` is found again in its text as `mark-n`. */
export function item(stream: Stream, n: number): Item {
  const at = stampAt(1_790_000_000_000 + n);
  if (stream === 'alert') return { stream, at, body: sampleAlert(`mark-${n}`, {}, at.wallMs) };
  if (stream === 'event')
    return { stream, at, body: { type: 'test', severity: 'info', at, message: `mark-${n}`, detail: {} } };
  return {
    stream,
    at,
    body: { encoding: 'columns+deflate-raw+base64', from: at, to: at, values: 1, data: `mark-${n}` },
  };
}

/** The `n` of an envelope text made from `item`. */
export const markOf = (text: string): number => Number(/mark-(\d+)/.exec(text)?.[1]);

/** Waits until `condition` holds; the test's own timeout is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
