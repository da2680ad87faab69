import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { openSealed, sealFile } from '../../../daemons/core/adapters/sealed-file.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { freshFolder } from '../spool/keeping.ts';

const passphrase = 'correct horse battery staple';
const blockBytes = 1 << 20;
/** A guess need not be dear here. */
const cheap = { n: 1 << 14, r: 8, p: 1 } as const;

async function* parts(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all;
}

async function read(file: string, with_ = passphrase): Promise<Buffer> {
  const found: Buffer[] = [];
  for await (const one of openSealed(file, with_)) found.push(one);
  return Buffer.concat(found);
}

test('what was sealed comes out again, whatever its length; nothing of it can be read in the file', async (t) => {
  const folder = freshFolder(t);
  for (const [i, size] of [0, 1, blockBytes, blockBytes + 1, 2 * blockBytes + 7].entries()) {
    const file = path.join(folder, `${i}`);
    const bytes = Buffer.alloc(size, 'secret ');
    await sealFile(file, passphrase, parts(bytes.subarray(0, 10), bytes.subarray(10)), cheap);
    t.true((await read(file)).equals(bytes), `${size} bytes`);
    t.false(readFileSync(file).includes('secret'));
    t.is((statSync(file).mode & 0o777).toString(8), '600');
  }
});

test('another passphrase, and a file that was cut off, changed or put in another order anywhere, give a Fault', async (t) => {
  const folder = freshFolder(t);
  const file = path.join(folder, 'a');
  await sealFile(file, passphrase, parts(Buffer.alloc(2.5 * blockBytes, 'x')), cheap);
  await t.throwsAsync(read(file, 'correct horse battery stapler'), {
    instanceOf: Fault,
    message: /passphrase is another/,
  });
  const whole = readFileSync(file);
  const body = whole.indexOf('\n') + 1;
  const block = blockBytes + 16;
  const first = whole.subarray(body, body + block);
  const second = whole.subarray(body + block, body + 2 * block);
  const rest = whole.subarray(body + 2 * block);
  const flipped = (at: number): Buffer => {
    const copy = Buffer.from(whole);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  const cases: Readonly<Record<string, Buffer>> = {
    'cut at a block': whole.subarray(0, body + 2 * block),
    'cut in a block': whole.subarray(0, body + block + 100),
    'cut in the header': whole.subarray(0, 20),
    empty: Buffer.alloc(0),
    'blocks swapped': Buffer.concat([whole.subarray(0, body), second, first, rest]),
    'a block left out': Buffer.concat([whole.subarray(0, body), first, rest]),
    'a bit of the first block': flipped(body + 5),
    'a bit of the last block': flipped(whole.length - 1),
    'a bit of the salt': flipped(whole.indexOf('"salt":"') + 12),
    'more behind it': Buffer.concat([whole, Buffer.from('x')]),
  };
  for (const [what, bytes] of Object.entries(cases)) {
    const bad = path.join(folder, 'bad');
    writeFileSync(bad, bytes);
    await t.throwsAsync(read(bad), { instanceOf: Fault }, what);
  }
});

test('a file of a newer version, and one that asks for all memory there is, are refused before any work', async (t) => {
  const file = path.join(freshFolder(t), 'a');
  await sealFile(file, passphrase, parts(Buffer.from('x')), cheap);
  const [head = ''] = readFileSync(file, 'latin1').split('\n');
  const change = (news: object): void => writeFileSync(file, `${JSON.stringify({ ...JSON.parse(head), ...news })}\n`);
  change({ v: 2 });
  await t.throwsAsync(read(file), { instanceOf: Fault, message: /is of version 2.*use the newer program/ });
  change({ scrypt: { ...JSON.parse(head).scrypt, n: 2 ** 30 } });
  await t.throwsAsync(read(file), { instanceOf: Fault, message: /is no backup/ });
  await t.throwsAsync(sealFile(file, passphrase, parts()), { instanceOf: Fault, message: /never overwritten/ });
});
