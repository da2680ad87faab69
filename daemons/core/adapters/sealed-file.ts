/**
 * A file that a passphrase opens: a line of JSON with what the key is made from, then blocks of AES-256-GCM. Each block's nonce is a
 * random start, its number, and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár,
 * 2015), so that a block that was changed, moved, left out or cut off is found before anything behind it is given.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import * as z from 'zod';
import { Fault } from '../ports/fault.ts';

const blockBytes = 1 << 20;
const tagBytes = 16;
const longestHeader = 1000;
/** RFC 7914; 128 MiB and about half a second for each guess. */
const usualCost: Cost = { n: 1 << 17, r: 8, p: 1 };

interface Cost {
  readonly n: number;
  readonly r: 8;
  readonly p: number;
}

const header = z.strictObject({
  fieldpost: z.literal('backup'),
  v: z.literal(1),
  // Bounded: a file must not make a reader take all memory there is.
  scrypt: z.strictObject({
    n: z
      .int()
      .min(1 << 14)
      .max(1 << 20),
    r: z.literal(8),
    p: z.int().min(1).max(4),
    salt: z.base64().length(44),
  }),
  nonce: z.base64().length(12),
});

const keyOf = (passphrase: string, { n, r, p, salt }: z.infer<typeof header>['scrypt']): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const cost = { N: n, r, p, maxmem: 256 * n * r };
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 32, cost, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });

/** 7 random bytes, 4 of the number, 1 that says whether it is the last. */
function nonceAt(start: Buffer, number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  start.copy(nonce, 0, 0, 7);
  nonce.writeUInt32BE(number, 7);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/**
 * Writes what `parts` give into a new file of mode 0600. `cost` is less than the usual one in tests alone. Errors: Fault `refused`,
 * also where there is a file already.
 */
export async function sealFile(
  file: string,
  passphrase: string,
  parts: AsyncIterable<Uint8Array>,
  cost: Cost = usualCost,
): Promise<void> {
  const start = Buffer.concat([randomBytes(7), Buffer.alloc(2)]);
  const head = {
    ...{ fieldpost: 'backup' as const, v: 1 as const, nonce: start.toString('base64') },
    scrypt: { ...cost, salt: randomBytes(32).toString('base64') },
  };
  const text = `${JSON.stringify(head)}\n`;
  const key = await keyOf(passphrase, head.scrypt);
  const out = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
  const written = finished(out);
  // Awaited below; until then a refusal of the disk shows at the write.
  written.catch(() => {});
  let number = 0;
  const put = async (plain: Uint8Array, isLast: boolean): Promise<void> => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceAt(start, number, isLast));
    // What the key was made from belongs to what is sealed.
    cipher.setAAD(Buffer.from(text));
    number += 1;
    const block = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    if (!out.write(block))
      await Promise.race([new Promise<void>((resolve) => out.once('drain', () => resolve())), written]);
  };
  try {
    out.write(text);
    let held = Buffer.alloc(0);
    for await (const part of parts) {
      held = Buffer.concat([held, part]);
      for (; held.length > blockBytes; held = held.subarray(blockBytes)) await put(held.subarray(0, blockBytes), false);
    }
    await put(held, true);
    out.end();
    await written;
  } catch (error) {
    out.destroy();
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const why = code === 'EEXIST' ? 'is there already and is never overwritten' : `cannot be written (${code})`;
    throw new Fault('refused', `${file}: ${why}`, error);
  }
}

/** What is in it, in the order in which it was put. Errors: Fault `refused`: another passphrase, or changed or cut off on the way. */
export async function* openSealed(file: string, passphrase: string): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  let opened: { readonly key: Buffer; readonly start: Buffer; readonly aad: Buffer } | null = null;
  let number = 0;
  const wrong = (why: string): Fault => new Fault('refused', `${file}: ${why}; nothing of it was used`);
  const open = (block: Buffer, isLast: boolean): Buffer => {
    if (!opened || block.length < tagBytes) throw wrong('is cut off');
    const decipher = createDecipheriv('aes-256-gcm', opened.key, nonceAt(opened.start, number, isLast));
    decipher.setAAD(opened.aad);
    decipher.setAuthTag(block.subarray(block.length - tagBytes));
    try {
      const plain = Buffer.concat([decipher.update(block.subarray(0, block.length - tagBytes)), decipher.final()]);
      number += 1;
      return plain;
    } catch (error) {
      const why = number === 0 ? 'the passphrase is another one, or the file was changed' : 'was changed or cut off';
      throw new Fault('refused', `${file}: ${why}; nothing of it was used`, error);
    }
  };
  try {
    for await (const part of createReadStream(file)) {
      held = Buffer.concat([held, part as Buffer]);
      if (!opened) {
        const end = held.indexOf('\n');
        if (end < 0 && held.length > longestHeader) throw wrong('is no backup of fieldpost');
        if (end < 0) continue;
        opened = await keysIn(file, held.subarray(0, end + 1), passphrase);
        held = held.subarray(end + 1);
      }
      // The last block may be as long as any other, so one is held back.
      for (; held.length > blockBytes + tagBytes; held = held.subarray(blockBytes + tagBytes))
        yield open(held.subarray(0, blockBytes + tagBytes), false);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof Fault || code === undefined) throw error;
    throw new Fault('config', `${file}: cannot be read (${code})`, error);
  }
  if (!opened) throw wrong('is no backup of fieldpost');
  yield open(held, true);
}

async function keysIn(file: string, line: Buffer, passphrase: string) {
  let said: unknown;
  try {
    said = JSON.parse(line.toString('utf8'));
  } catch {
    said = null;
  }
  const found = header.safeParse(said);
  const version = (said as { v?: unknown } | null)?.v;
  if (!found.success)
    throw new Fault(
      'refused',
      typeof version === 'number' && version > 1
        ? `${file}: is of version ${version}; this program reads 1: use the newer program`
        : `${file}: is no backup of fieldpost`,
    );
  const { scrypt: cost, nonce } = found.data;
  return { key: await keyOf(passphrase, cost), start: Buffer.from(nonce, 'base64'), aad: Buffer.from(line) };
}
