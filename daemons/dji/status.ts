/** What is known of dock and drone, each value with its own age: a message brings some properties, and never all of them. */
import type { Value } from './read.ts';

export interface KnownValue {
  readonly value: Value;
  /** When it was told, ms of the box's monotonic clock. */
  readonly atMs: number;
}
export type Known = Readonly<Record<string, KnownValue>>;

export interface Turn {
  readonly path: string;
  /** Null: it was not known before. */
  readonly from: Value | null;
  readonly to: Value;
}

/** A value that is older than the one held is passed over. */
export function merged(
  known: Known,
  values: Readonly<Record<string, Value>>,
  atMs: number,
): readonly [Known, readonly Turn[]] {
  const next: Record<string, KnownValue> = { ...known };
  const turns: Turn[] = [];
  for (const [path, value] of Object.entries(values)) {
    const held = next[path];
    if (held && held.atMs > atMs) continue;
    if (held?.value !== value) turns.push({ path, from: held?.value ?? null, to: value });
    next[path] = { value, atMs };
  }
  return [next, turns];
}
