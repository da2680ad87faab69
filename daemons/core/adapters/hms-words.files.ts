import { readFileSync } from 'node:fs';
import { Fault } from '../ports/fault.ts';

/** DJI's file has some 3 MB. */
const mostBytes = 16e6;

/**
 * The words of DJI's health codes out of its hms.json (linked from the Cloud API's page "HMS"): English, by copy key. Null
 * where the file is not there. Errors: Fault `config`.
 */
export function readHmsWords(file: string): ReadonlyMap<string, string> | null {
  let read: unknown;
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length > mostBytes) throw new Fault('config', `${file}: is too large; must be the hms.json of DJI`);
    read = JSON.parse(text);
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new Fault('config', `${file}: cannot be read (${code ?? message}); must be the hms.json of DJI`, error);
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new Fault('config', `${file}: is no object of texts; must be the hms.json of DJI`);
  return new Map(Object.entries(read).flatMap(([key, entry]) => wordOf(key, entry)));
}

function wordOf(key: string, entry: unknown): readonly (readonly [string, string])[] {
  const text = typeof entry === 'object' && entry !== null && 'en' in entry ? entry.en : entry;
  return typeof text === 'string' ? [[key, text.slice(0, 1000)]] : [];
}
