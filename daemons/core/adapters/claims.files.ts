import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { Claim, Claims } from '../ports/claims.ts';
import { Fault } from '../ports/fault.ts';
import { addLine } from './authority.files.ts';

/** A line each, in the order in which it happened; a later one never rewrites an earlier one. */
const line = z.union([
  z.looseObject({
    made: z.string(),
    device: z.string(),
    key: z.string(),
    at: z.number(),
    until: z.number(),
    replaces: z.boolean(),
  }),
  z.looseObject({ used: z.string(), by: z.string(), at: z.number() }),
  z.looseObject({ withdrawn: z.string(), at: z.number() }),
]);

/** Tokens in `claims.jsonl` of the authority's folder, of mode 0600: who reads it could claim what is open in it. */
export function claimsIn(folder: string): Claims {
  const file = path.join(folder, 'claims.jsonl');
  const add = (entry: z.infer<typeof line>): Promise<void> => addLine(file, JSON.stringify(entry), 0o600);
  /** Taken by this process, on the disk already or not yet. */
  const taken = new Map<string, string>();
  return {
    find: (id) => read(file).get(id) ?? null,
    make: ({ id, device, key, atMs, untilMs, replaces }) =>
      add({ made: id, device, key, at: atMs, until: untilMs, replaces }),
    take: async (id, keyHash, atMs) => {
      const before = taken.get(id) ?? read(file).get(id)?.used?.keyHash;
      if (before !== undefined) return before === keyHash;
      taken.set(id, keyHash);
      try {
        await add({ used: id, by: keyHash, at: atMs });
      } catch (error) {
        taken.delete(id);
        throw error;
      }
      return true;
    },
    withdraw: async (device, atMs, all) => {
      const open = [...read(file).values()].filter(
        (one) =>
          one.device === device && !one.withdrawn && one.untilMs > atMs && (all ? one.id !== all.but : !one.used),
      );
      for (const { id } of open) await add({ withdrawn: id, at: atMs });
      return open.length;
    },
  };
}

function read(file: string): Map<string, Claim> {
  const found = new Map<string, Claim>();
  for (const entry of entriesOf(file)) {
    if ('made' in entry) {
      const { made, device, key, at, until, replaces } = entry as Extract<z.infer<typeof line>, { made: string }>;
      const claim = { id: made, device, key, atMs: at, untilMs: until, replaces, used: null, withdrawn: false };
      found.set(made, claim);
      continue;
    }
    const id = ('used' in entry ? entry.used : entry.withdrawn) as string;
    const claim = found.get(id);
    if (!claim) continue;
    if ('used' in entry) found.set(id, { ...claim, used: { atMs: entry.at as number, keyHash: entry.by as string } });
    else found.set(id, { ...claim, withdrawn: true });
  }
  return found;
}

function entriesOf(file: string): z.infer<typeof line>[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new Fault('config', `${file}: cannot be read (${code}); no token can be checked`, error);
  }
  return text.split('\n').flatMap((each) => {
    try {
      const parsed = line.safeParse(JSON.parse(each));
      return parsed.success ? [parsed.data] : [];
    } catch {
      // A torn last line after a power cut: what it said was never given out.
      return [];
    }
  });
}
