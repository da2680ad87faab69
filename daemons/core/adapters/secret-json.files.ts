import { readFileSync, statSync } from 'node:fs';
import type { z } from 'zod';
import { Fault } from '../ports/fault.ts';

/**
 * Secrets as JSON in a file that only its owner may read; null where there is no such file. Errors: Fault `config`, which
 * names what is wrong and never what is in the file.
 */
export function readSecretJson<T>(file: string, schema: z.ZodType<T>): T | null {
  let text: string;
  try {
    const mode = statSync(file).mode & 0o777;
    if ((mode & 0o077) !== 0)
      throw new Fault('config', `${file}: mode is 0${mode.toString(8)}; must be 0600, it holds secrets`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new Fault('config', `${file}: cannot be read (${code}); it must be a file of mode 0600`, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words would quote the file.
    throw new Fault('config', `${file}: is not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map(({ path, code, ...rest }) =>
    code === 'unrecognized_keys' && 'keys' in rest ? String(rest.keys) : path.join('.') || '(whole file)',
  );
  throw new Fault('config', `${file}: ${paths.join(', ')}: missing, unknown, or not what it must be (see README)`);
}
