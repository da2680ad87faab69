import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { pageFaults, pageSizes, type Segment, segmentsOf, withNote } from '../../../daemons/tools/package/elf.ts';
import { ownerOf } from '../../../daemons/tools/package/parts.ts';

const load = (flags: number, address: number, memorySize: number, offset = address): Segment => ({
  ...{ type: 1, flags, offset, address, fileSize: memorySize, memorySize, align: 4096 },
});
const [write, readOnly] = [6, 4];

test('a read-only segment behind data is refused where both lie in one page', (t) => {
  // What Node 26 --build-sea lays: data ends at 0x713c600, the blob begins at 0x713d000. Pages of 4 KiB part them.
  const laid = [load(write, 0x7100000, 0x3c600), load(readOnly, 0x713d000, 0x1000)];
  t.deepEqual(pageFaults(laid, 4096), []);
  t.regex(
    pageFaults(laid, 16_384)[0] ?? '',
    /segment 0 shares a page with segment 1, which takes its right to be written/,
  );
  t.is(pageFaults(laid, 65_536).length, 1);
});

test('a segment that cannot be mapped by whole pages is refused', (t) => {
  const laid = [load(readOnly, 0x13000, 0x1000, 0x2000)];
  t.deepEqual(pageFaults(laid, 65_536).length, 1);
  t.deepEqual(pageFaults(laid, 4096), []);
});

test('the Node that runs this, with a note: its segments stay, and the new ones share no page with them', (t) => {
  const file = readFileSync(process.execPath);
  const note = Buffer.from('what the executable holds');
  const before = segmentsOf(file);
  const whole = withNote(file, 'NODE_SEA_BLOB', note);
  const after = segmentsOf(whole);
  t.is(after.length, before.length + 2);
  t.deepEqual(
    after.slice(0, -2).filter(({ type }) => type !== 6),
    before.filter(({ type }) => type !== 6),
  );
  const [holder, found] = after.slice(-2);
  t.is(found?.type, 4);
  const told = whole.subarray(found?.offset ?? 0).includes(note);
  t.true(told);
  t.is((holder?.offset ?? 0) % 65_536, 0);
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  for (const page of pageSizes[arch]) t.deepEqual(pageFaults(after, page), []);
  // The first page of the file is as it was, but for where the table lies and how long it is.
  t.true(whole.subarray(64, file.length).equals(file.subarray(64)));
});

test('what is no ELF file is refused', (t) => {
  t.throws(() => segmentsOf(Buffer.alloc(64)), { instanceOf: RangeError });
});

test('a file of a nested package belongs to the inner one', (t) => {
  t.is(ownerOf('node_modules/mqtt/dist/a.js'), 'node_modules/mqtt');
  t.is(ownerOf('node_modules/a/node_modules/@b/c/d.js'), 'node_modules/a/node_modules/@b/c');
  t.is(ownerOf(path.join('daemons', 'main.ts')), null);
});
