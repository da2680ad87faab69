import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { readParts, withParts } from '../../daemons/tools/program-parts.ts';

function fileOf(t: ExecutionContext): (bytes: Buffer) => string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-parts-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return (bytes) => {
    const file = path.join(folder, 'executable');
    writeFileSync(file, bytes);
    return file;
  };
}

const bytes = (maxLength: number): fc.Arbitrary<Buffer> => fc.uint8Array({ maxLength }).map((one) => Buffer.from(one));

test('what is laid behind an executable is read again, whatever it is, in any order, and the executable stays', (t) => {
  const file = fileOf(t);
  const parts = fc.uniqueArray(fc.tuple(fc.string(), bytes(300)), { selector: ([name]) => name, maxLength: 8 });
  fc.assert(
    fc.property(bytes(100), parts, (executable, given) => {
      const whole = withParts(executable, Object.fromEntries(given));
      t.true(whole.subarray(0, executable.length).equals(executable));
      const names = given.map(([name]) => name).toReversed();
      t.deepEqual(readParts(file(whole), names), given.map(([, part]) => part).toReversed());
    }),
  );
});

test('an executable that is cut off, or has nothing behind it, is refused by its name', (t) => {
  const file = fileOf(t);
  const whole = withParts(Buffer.from('program'), { a: Buffer.from('text'), b: Buffer.alloc(50, 1) });
  for (let length = 0; length < whole.length; length++) {
    const error = t.throws(() => readParts(file(whole.subarray(0, length)), ['a', 'b']));
    t.true(isFault(error) && error.kind === 'protocol', `${length}: ${error.message}`);
    t.regex(error.message, /executable: .*install the package again/);
  }
});

test('any bytes at the end are refused or read, and never more than the file holds', (t) => {
  const file = fileOf(t);
  const tail = fc.tuple(bytes(60), fc.nat(0xffff_ffff)).map(([index, length]) => {
    const said = Buffer.alloc(4);
    said.writeUInt32LE(length);
    return Buffer.concat([index, said, Buffer.from('FPPARTS1')]);
  });
  fc.assert(
    fc.property(tail, (whole) => {
      const error = t.throws(() => readParts(file(whole), ['a']));
      t.true(isFault(error), error.message);
    }),
  );
});

test('an index that points outside the file, or is no index, is refused', (t) => {
  const file = fileOf(t);
  for (const index of [
    '[["a",0,1e12]]',
    '[["a",-5,3]]',
    '[["a",1e15,3]]',
    '[["a",1e300,3]]',
    '[["a",3,-1]]',
    '[["a","x",3]]',
    '[["a",0.5,1]]',
    '[["a",1]]',
    '[7]',
    '{}',
    'null',
    '{',
  ]) {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(index.length);
    const whole = Buffer.concat([Buffer.from('program'), Buffer.from(index), length, Buffer.from('FPPARTS1')]);
    const error = t.throws(() => readParts(file(whole), ['a']), undefined, index);
    t.true(isFault(error), `${index}: ${error.message}`);
  }
});

test('a program that is not there is named', (t) => {
  const error = t.throws(() => readParts(fileOf(t)(withParts(Buffer.from('program'), {})), ['programs/gas']));
  t.true(isFault(error) && error.kind === 'absent');
  t.regex(error.message, /has no program programs\/gas/);
});
