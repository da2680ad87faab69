/** What a technician says to a new box: by the command line, or by a file on the partition that every laptop can write. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { device as deviceShape, name } from '../../core/config/box.ts';
import { parseYaml } from '../../core/config/parse.ts';
import { Fault } from '../../core/ports/fault.ts';

const where = deviceShape.unwrap().shape.where;

export interface Order {
  /** Null: the box has its certificate already, and only what comes after is done again. */
  readonly token: string | null;
  readonly board: string | null;
  readonly profile: string | null;
  readonly where: z.infer<typeof where> | null;
}

const file = z.strictObject({
  token: z.string().min(1).optional().describe('as fieldpost token printed it; taken out once it was used'),
  board: name.optional().describe('a file in boards/; found by what is attached if absent'),
  profile: name.optional().describe('a file in profiles/; found by the board if absent'),
  where,
});

/** Errors: Fault `config`, every mistake named. */
export function orderIn(path: string): Order {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Fault('config', `${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
  const { token, board, profile, where } = parseYaml(path, text, file);
  return { token: token ?? null, board: board ?? null, profile: profile ?? null, where: where ?? null };
}

/** The same file without its token, for a card that somebody may lose. */
export const withoutToken = (text: string): string =>
  text.replace(/^token:.*$/m, '# The token was used and taken out of this file.');

/** `lat,lon,ce` in degrees and metres. Errors: Fault `config`. */
export function whereOf(text: string): z.infer<typeof where> {
  const [lat, lon, ceM] = text.split(',').map(Number);
  const parsed = where.safeParse({ lat, lon, ceM });
  if (parsed.success) return parsed.data;
  throw new Fault('config', `--where ${text}: must be latitude,longitude,metres, for example 44.512,73.418,5`);
}
