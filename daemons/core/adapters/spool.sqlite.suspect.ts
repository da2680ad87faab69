/**
 * What a reader finds wrong it leaves in a file beside the spool, a line each, and the writer looks into it: only the
 * writer may take rows out and say so.
 */
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { streams } from '../values/envelope.ts';
import type { Spoiled } from './spool.sqlite.tidy.ts';

export interface Suspects {
  readonly rows: readonly Spoiled[];
  /** Whether the structure of the file is in doubt. */
  readonly structure: boolean;
}

const fileOf = (path: string): string => `${path}-suspect`;
const none: Suspects = { rows: [], structure: false };

/** Null: the structure. A disk that refuses the note keeps it for another time: the row will be met again. */
export function noteSuspect(path: string, spoiled: Spoiled | null): void {
  try {
    appendFileSync(fileOf(path), spoiled ? `${spoiled.stream} ${spoiled.seq}\n` : 'structure\n');
  } catch (error) {
    if (!isOsError(error)) throw error;
  }
}

/** Whether something was noted since the last time. */
export const areSuspects = (path: string): boolean => existsSync(fileOf(path));

/** What was noted since the last time. Costs one look at the folder when nothing was. */
export function takeSuspects(path: string): Suspects {
  const file = fileOf(path);
  if (!areSuspects(path)) return none;
  const taken = `${file}-taken`;
  let lines: string[];
  try {
    renameSync(file, taken);
    lines = readFileSync(taken, 'utf8').split('\n');
    rmSync(taken);
  } catch (error) {
    if (!isOsError(error)) throw error;
    return none;
  }
  const rows = lines.flatMap((line) => {
    const [name, seq] = line.split(' ');
    const stream = streams.find((one) => one === name);
    return stream && Number.isSafeInteger(Number(seq)) ? [{ stream, seq: Number(seq) }] : [];
  });
  return { rows, structure: lines.includes('structure') };
}

const isOsError = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).syscall === 'string';
