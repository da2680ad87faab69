import test from 'ava';
import fc from 'fast-check';
import { endLine, readBundle } from '../../daemons/core/evidence/bundle.ts';
import { withoutBody } from '../../daemons/core/evidence/chain.ts';
import { verifyBundle } from '../../daemons/core/evidence/verify.ts';
import { bundleOf, signedPost } from '../support/signed-post.ts';

const [post, other] = await Promise.all([signedPost(), signedPost({ device: 'post-2' })]);
const whole = await bundleOf(post);
const foreign = await bundleOf(other);
const lines = whole.trimEnd().split('\n');
test.after.always(() => {
  post.remove();
  other.remove();
});

/** Lines as a careful forger would write them: with an end line that fits. */
const forged = (some: readonly string[]): string => `${[...some, endLine(some)].join('\n')}\n`;
const body = lines.slice(0, -1);
const isEnvelope = (line: string): boolean => line.startsWith('{"v":1,');
const envelopes = body.flatMap((line, i) => (isEnvelope(line) ? [i] : []));

test('a bundle as it was made is whole', (t) => {
  const { ok, problems, bundle } = verifyBundle(whole);
  t.deepEqual(problems, []);
  t.true(ok);
  t.deepEqual(bundle.header?.value.missing, []);
  const kinds = new Set(bundle.attachments.map(({ value }) => value.attach));
  t.deepEqual([...kinds].sort(), ['calibration', 'card', 'config', 'identity']);
});

test('a flipped bit never passes, and its line is named', (t) => {
  const bytes = Buffer.from(whole);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(6), (at, bit) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 << bit);
      const { ok, problems } = verifyBundle(copy.toString());
      t.false(ok);
      const line = whole.slice(0, at).split('\n').length;
      // A line that lost its end goes on into the next one.
      const near = whole[at] === '\n' ? [line, line + 1] : [line];
      t.true(near.includes(problems[0]?.line ?? 0), `byte ${at} of line ${line}: ${JSON.stringify(problems[0])}`);
    }),
    { numRuns: 400 },
  );
});

test('a flipped bit in an envelope is named by stream and seq, also when the end line was made to fit', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...envelopes), fc.nat(), fc.nat(6), (i, where, bit) => {
      const line = Buffer.from(body[i] ?? '');
      const at = where % line.length;
      line[at] = (line[at] ?? 0) ^ (1 << bit);
      const { stream, seq } = JSON.parse(body[i] ?? '') as { stream: string; seq: number };
      // Of a seal that nothing follows the salt stands for nothing; a raw line end makes two lines.
      if (line.includes(10) || isLastSealSalt(i, at)) return;
      const { problems } = verifyBundle(forged(body.with(i, line.toString())));
      t.is(problems[0]?.line, i + 1);
      // A number that was flipped itself is all that a last seal has: its line and stream name it.
      if (!/"seq":(\d+),"at"/.exec(line.toString())?.[0].includes(`:${seq},`)) return;
      t.is(problems[0]?.seq, seq, `${JSON.stringify(problems[0])}`);
      t.is(problems[0]?.stream, stream);
    }),
    { numRuns: 300 },
  );
});

function isLastSealSalt(i: number, at: number): boolean {
  const line = body[i] ?? '';
  const from = line.indexOf('"salt":"') + '"salt":"'.length;
  return line.includes('"type":"seal"') && at >= from && at < from + 32;
}

test('a dropped envelope is named, whatever the end line says', (t) => {
  for (const i of envelopes) {
    const { problems } = verifyBundle(forged(body.toSpliced(i, 1)));
    const { stream, seq } = JSON.parse(body[i] ?? '') as { stream: string; seq: number };
    t.deepEqual([problems[0]?.stream, problems[0]?.seq, problems[0]?.line], [stream, seq, i + 1]);
    t.regex(problems[0]?.what ?? '', /is missing/);
    t.false(verifyBundle(`${lines.toSpliced(i, 1).join('\n')}\n`).ok);
  }
});

test('two envelopes that changed places are named', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...envelopes), fc.constantFrom(...envelopes), (a, b) => {
      fc.pre(a < b);
      const swapped = body.with(a, body[b] ?? '').with(b, body[a] ?? '');
      const { problems } = verifyBundle(forged(swapped));
      t.is(problems[0]?.line, a + 1, JSON.stringify(problems[0]));
    }),
  );
});

test('an envelope of another device in the place of one of ours is named', (t) => {
  const theirs = foreign.trimEnd().split('\n').slice(0, -1);
  for (const i of envelopes) {
    const stranger = theirs[i];
    if (!stranger || !isEnvelope(stranger)) continue;
    const { problems } = verifyBundle(forged(body.with(i, stranger)));
    t.is(problems[0]?.line, i + 1);
  }
  // Their envelopes under our names: the chain of the hashes does not know them.
  const [ours, renamed] = [JSON.parse(body[1] ?? ''), theirs.map((line) => line.replaceAll('"post-2"', '"post-1"'))];
  const spool = (JSON.parse(renamed[1] ?? '') as { spool: string }).spool;
  const spliced = renamed.map((line) => line.replaceAll(spool, (ours as { spool: string }).spool));
  const half = body.map((line, i) => (isEnvelope(line) && i > body.length / 2 ? (spliced[i] ?? line) : line));
  t.false(verifyBundle(forged(half)).ok);
});

test('a cut tail is named: of the file, of a chain, and of a chain that was cut at a seal, against a published head', async (t) => {
  for (let keep = 1; keep < lines.length; keep++) t.false(verifyBundle(`${lines.slice(0, keep).join('\n')}\n`).ok);
  t.false(verifyBundle(whole.slice(0, -1)).ok);
  for (const count of [1, 3, 6]) {
    const left = envelopes.slice(0, -count);
    const cut = body.filter((_, i) => !envelopes.includes(i) || left.includes(i));
    t.regex(verifyBundle(forged(cut)).problems[0]?.what ?? '', /missing|nobody signed/);
  }
  // Cut where a seal ends: whole in itself. Only what the device published shows that there was more.
  const { header } = readBundle(whole);
  const runs = header?.value.runs ?? [];
  const alerts = runs.find(({ stream }) => stream === 'alert');
  t.is(alerts?.to, 2, 'the other alert stands behind ours');
  const latest = runs.find(({ stream, from, to }) => stream === 'event' && from === to);
  const shorter = runs.filter((run) => run !== latest).map((run) => (run === alerts ? { ...run, to: 1 } : run));
  const early = body.filter((line) => {
    const { stream, seq } = JSON.parse(line) as { stream?: string; seq?: number };
    return !(stream === 'alert' && seq === 2) && !(stream === 'event' && seq === latest?.from);
  });
  const text = forged([JSON.stringify({ ...header?.value, runs: shorter }), ...early.slice(1)]);
  t.deepEqual(verifyBundle(text).problems, []);
  const seal = post.texts.event.findLast((one) => one.includes('"type":"seal"')) ?? '';
  const [problem] = verifyBundle(text, { heads: [seal] }).problems;
  t.deepEqual([problem?.stream, problem?.seq], ['alert', 2]);
  t.regex(problem?.what ?? '', /the tail was cut/);
  t.true(verifyBundle(whole, { heads: [seal] }).ok);
  const strange = other.texts.event.findLast((one) => one.includes('"type":"seal"')) ?? '';
  t.true(verifyBundle(whole, { heads: [strange] }).notes.some((note) => note.includes('no part in this bundle')));
});

test('whatever bodies are deleted, the rest is whole and what is gone is said', (t) => {
  const isNeeded = (line: string): boolean => line.includes('"type":"seal"');
  fc.assert(
    fc.property(fc.subarray(envelopes, { minLength: 1 }), (some) => {
      const redacted = lines.map((line, i) => (some.includes(i) && !isNeeded(line) ? withoutBody(line) : line));
      const { problems, notes } = verifyBundle(`${redacted.join('\n')}\n`);
      t.deepEqual(problems, []);
      if (redacted.some((line, i) => line !== lines[i])) t.true(notes.some((note) => /without their body/.test(note)));
    }),
  );
});

test('an attachment that was changed, and one that was taken out, are named', (t) => {
  for (const [i, line] of body.entries()) {
    if (!line.startsWith('{"attach":')) continue;
    const one = JSON.parse(line) as { attach: string; text: string };
    const changed = JSON.stringify({ ...one, text: one.text.replace(/\d/, '7').replace(/[a-z]/, 'q') });
    t.is(verifyBundle(forged(body.with(i, changed))).problems[0]?.line, i + 1, one.attach);
    if (one.attach !== 'card') t.false(verifyBundle(forged(body.toSpliced(i, 1))).ok, one.attach);
  }
});
