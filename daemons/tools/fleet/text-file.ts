import { readFileSync } from 'node:fs';
import { Fault } from '../../core/ports/fault.ts';

/** Errors: Fault `config`. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault('config', `${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}
