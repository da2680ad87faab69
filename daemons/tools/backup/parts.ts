/** What is in a backup, one file after another: a line of JSON that says which, then its bytes. */
import { createReadStream } from 'node:fs';
import * as z from 'zod';
import { Fault } from '../../core/ports/fault.ts';

const entry = z.strictObject({
  /** Folder by its name, then the path in it; `records.db` and `records.pgdump` stand alone. */
  path: z
    .string()
    .max(400)
    .regex(/^[^/\0]+(\/[^/\0]+)*$/)
    .refine((value) => value.split('/').every((one) => one !== '.' && one !== '..'), {
      error: 'must stay in its folder',
    }),
  mode: z.int().min(0).max(0o777),
  size: z.int().min(0),
});
export type Entry = Readonly<z.infer<typeof entry>>;

export interface Source extends Entry {
  /** Where it is read from. It does not change meanwhile. */
  readonly from: string;
}

const longestLine = 2000;

export async function* written(sources: readonly Source[]): AsyncGenerator<Uint8Array> {
  for (const { from, ...said } of sources) {
    yield Buffer.from(`${JSON.stringify(entry.parse(said))}\n`);
    let size = 0;
    for await (const bytes of createReadStream(from)) {
      size += (bytes as Buffer).length;
      yield bytes as Buffer;
    }
    if (size !== said.size) throw new Fault('refused', `${from}: changed while it was read; give the command again`);
  }
}

/** Where the bytes of one file go. */
export interface Taking {
  write(bytes: Buffer): Promise<void>;
  end(): Promise<void>;
}

/** Calls `take` for each file with its bytes, in order. Errors: Fault `refused` for what is not whole. */
export async function read(parts: AsyncIterable<Buffer>, take: (entry: Entry) => Promise<Taking>): Promise<void> {
  let held = Buffer.alloc(0);
  let now: { readonly left: number; readonly into: Taking } | null = null;
  for await (const part of parts) {
    held = Buffer.concat([held, part]);
    for (;;) {
      if (!now) {
        const first = firstOf(held);
        if (!first) break;
        held = held.subarray(first.length);
        now = { left: first.said.size, into: await take(first.said) };
      }
      const some: Buffer = held.subarray(0, now.left);
      held = held.subarray(some.length);
      now = await given(now, some);
      if (now) break;
    }
  }
  if (now || held.length > 0) throw broken();
}

/** The entry that begins here, and the length of its line; null while that is not whole. */
function firstOf(held: Buffer): { readonly said: Entry; readonly length: number } | null {
  const end = held.indexOf('\n');
  if (end < 0 && held.length > longestLine) throw broken();
  return end < 0 ? null : { said: parsed(held.subarray(0, end).toString('utf8')), length: end + 1 };
}

/** Null once the file is whole. */
async function given({ left, into }: { readonly left: number; readonly into: Taking }, some: Buffer) {
  if (some.length > 0) await into.write(some);
  if (left > some.length) return { left: left - some.length, into };
  await into.end();
  return null;
}

function parsed(line: string): Entry {
  try {
    return entry.parse(JSON.parse(line));
  } catch (error) {
    throw new Fault('refused', 'the backup names a file that it cannot have; it was made by another program', error);
  }
}

const broken = (): Fault =>
  new Fault('refused', 'the backup ends in the middle of a file; it was made by a program that failed');
