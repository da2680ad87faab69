import { execFileSync } from 'node:child_process';
import test from 'ava';
import fc from 'fast-check';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { associatedText } from '../../../daemons/core/tflite/associated.ts';
import { floatModel } from '../../support/dense-model.ts';
import { needs } from '../../support/needs.ts';

/** A model with two files behind it, packed by Python's zipfile: one stored, one deflated. */
const script = `
import sys, io, zipfile
out = io.BytesIO(sys.stdin.buffer.read())
with zipfile.ZipFile(out, 'a') as z:
    z.writestr('other.txt', 'x\\n' * 500, zipfile.ZIP_DEFLATED)
    z.writestr('labels.txt', 'background\\nEgyptian cat\\n', zipfile.ZIP_STORED)
sys.stdout.buffer.write(out.getvalue())
`;
const withPython = needs('python3', 'labels packed by another program') ? test : test.skip;
const packed = (): Uint8Array => execFileSync('python3', ['-c', script], { input: floatModel() });

withPython('files behind a model are read as another program wrote them', (t) => {
  const bytes = packed();
  t.is(associatedText(bytes, 'labels.txt', 'm.tflite'), 'background\nEgyptian cat\n');
  t.is(associatedText(bytes, 'other.txt', 'm.tflite'), 'x\n'.repeat(500));
  t.throws(() => associatedText(bytes, 'names.txt', 'm.tflite'), {
    message: /brings no "names\.txt" with it, only \[other\.txt, labels\.txt\]/,
  });
});

test('a model without an archive says so', (t) => {
  t.throws(() => associatedText(floatModel(), 'labels.txt', 'm.tflite'), {
    message: /^m\.tflite: brings no files with it/,
  });
});

withPython('a damaged archive is refused, never more', (t) => {
  const bytes = packed();
  fc.assert(
    fc.property(fc.nat(400), fc.nat(255), (back, value) => {
      const changed = Uint8Array.from(bytes);
      changed[changed.length - 1 - back] = value;
      try {
        t.is(typeof associatedText(changed, 'labels.txt', 'm'), 'string');
      } catch (error) {
        if (!isFault(error)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});
