import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { openPostgresArchive } from '../../daemons/core/adapters/archive.postgres.ts';
import { openSpoolArchive } from '../../daemons/core/adapters/archive.spool.ts';
import { openSqliteArchive } from '../../daemons/core/adapters/archive.sqlite.ts';
import { openPostgresRecords } from '../../daemons/core/adapters/records.postgres.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { endLine, readBundle } from '../../daemons/core/evidence/bundle.ts';
import { withoutBody } from '../../daemons/core/evidence/chain.ts';
import { verifyBundle } from '../../daemons/core/evidence/verify.ts';
import { issue, makeAuthority } from '../../daemons/core/pki/issue.ts';
import type { Archive } from '../../daemons/core/ports/archive.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { parseEnvelope } from '../../daemons/core/wire/envelope.ts';
import { collect } from '../../daemons/tools/evidence/collect.ts';
import { disclose } from '../../daemons/tools/evidence/disclosure.ts';
import { replayBundle } from '../../daemons/tools/evidence/replay.ts';
import { needs } from '../support/needs.ts';
import { startPostgres } from '../support/postgres.ts';
import { models, type Post, signedPost } from '../support/signed-post.ts';

const windowS = 3;
const bundleOf = async (post: Post, archive?: Archive, ofKind = 'vapour'): Promise<string> => {
  const from = archive ?? (await openSpoolArchive(path.join(post.state, 'spool')));
  const alert = post.alerts.find(({ kind }) => kind === ofKind)?.id ?? '';
  const text = await collect(from, { alert, source: 'state', windowS, models, nowMs: 0 });
  if (!archive) await from.close();
  return text;
};

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

test('the decision is made again to the byte, from a memory in the middle of the run', async (t) => {
  const verdict = verifyBundle(whole);
  const { start } = verdict.bundle.header?.value ?? {};
  const state = post.texts.event[(start?.seq ?? 0) - 1] ?? '';
  t.true((parseEnvelope(state).body as unknown as { detail: { next: number } }).detail.next > 0);
  const { revisions, telemetry, states, notes } = await replayBundle(verdict, models);
  t.is(revisions.length, 1);
  for (const { recorded, replayed } of revisions) t.is(replayed, recorded);
  t.true(telemetry.of > 0 && states.of > 0);
  t.is(telemetry.same, telemetry.of);
  t.is(states.same, states.of);
  t.deepEqual(notes, []);
});

test('an alert that goes on over a restart of the daemon is decided again from both runs', async (t) => {
  const restarted = await signedPost({ restarts: true, heldEveryMs: 1000 });
  t.teardown(restarted.remove);
  const { kind } = restarted.alerts.toSorted((a, b) => b.rev - a.rev)[0] ?? {};
  const verdict = verifyBundle(await bundleOf(restarted, undefined, kind));
  t.deepEqual(verdict.problems, []);
  const { revisions, notes } = await replayBundle(verdict, models);
  t.true(revisions.length > 1);
  for (const { rev, recorded, replayed } of revisions) t.is(replayed, recorded, `revision ${rev}`);
  t.deepEqual(notes, []);
});

test('a model that is not there is named by its hash', async (t) => {
  const empty = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-models-'));
  t.teardown(() => rmSync(empty, { recursive: true }));
  const error = await t.throwsAsync(replayBundle(verifyBundle(whole), empty));
  t.true(isFault(error));
  t.regex(error?.message ?? '', /model gas-vapour \(sha256 [0-9a-f]{64}\) is not in /);
});

test('whose key it is shows against the authority, and a certificate of another one, or for another name, is named', async (t) => {
  const [key, strange] = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  if (!key || !strange) return t.fail();
  const years = { fromMs: Date.now() - 1000, untilMs: Date.now() + 1e11 };
  const authority = { key, certificate: await makeAuthority('demo', key, years) };
  const anybody = await makeAuthority('demo', strange, years);
  const make = async (name: string): Promise<string> => {
    const certified = await signedPost({ certify: (own) => issue(authority, { name, key: own }, years) });
    t.teardown(certified.remove);
    return bundleOf(certified);
  };
  const good = await make('post-1');
  const trusted = verifyBundle(good, { ca: authority.certificate });
  t.deepEqual(trusted.problems, []);
  t.true(trusted.notes.some((note) => /is certified for post-1 by the given authority/.test(note)));
  t.regex(verifyBundle(good, { ca: anybody }).problems[0]?.what ?? '', /was not issued by the given authority/);
  t.regex(verifyBundle(whole, { ca: authority.certificate }).problems[0]?.what ?? '', /is certified by nobody/);
  const borrowed = verifyBundle(await make('post-9'), { ca: authority.certificate });
  t.regex(borrowed.problems[0]?.what ?? '', /is of "post-9"; the bundle is of "post-1"/);
});

if (needs('initdb', 'bundles from records on PostgreSQL'))
  test('records on PostgreSQL give the same bundle', async (t) => {
    const server = await startPostgres();
    t.teardown(server.close);
    const url = await server.space('why');
    const records = await openPostgresRecords(url);
    const texts = [...post.texts.event, ...post.texts.tele, ...post.texts.alert];
    await records.commit(
      texts.map((text) => ({ site: 'demo', text, envelope: parseEnvelope(text) })),
      1,
    );
    await records.close();
    const archive = openPostgresArchive(url);
    const made = await bundleOf(post, archive);
    await archive.close();
    t.deepEqual(made.split('\n').filter(isEnvelope), whole.split('\n').filter(isEnvelope));
    t.deepEqual(verifyBundle(made).problems, []);
  });

test('a box without a key makes a bundle that says that nobody signed it', async (t) => {
  const plain = await signedPost({ signed: false });
  t.teardown(plain.remove);
  const { ok, problems } = verifyBundle(await bundleOf(plain));
  t.false(ok);
  t.true(problems.some(({ what }) => /nobody/.test(what)));
});

test('a disclosure tells of silent sensors, looks that found nothing, limits of the model and troubles of the box', async (t) => {
  const archive = await openSpoolArchive(path.join(post.state, 'spool'));
  const text = await disclose(archive, whole, models);
  await archive.close();
  t.true(verifyBundle(text).ok);
  const found = readBundle(text).attachments.find(({ value }) => value.attach === 'disclosure');
  const said = JSON.parse(found?.value.text ?? '{}') as Record<string, { [key: string]: unknown }[]> & {
    looks: { worked: boolean; rules: { kind: string; looks: number; below: number }[] };
  };
  t.true((said.channels ?? []).length >= 10);
  t.true(said.looks.worked);
  t.true(said.looks.rules.some(({ kind, below }) => kind === 'ammonia' && below > 0));
  t.true(JSON.stringify(said.model?.[0]?.limits).length > 2);
  t.true((said.calibrations ?? []).every(({ overdue }) => overdue === false));
});

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
function fieldpost(args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })));
}

test('at the centre: why, verify and replay from the records, with their exit codes', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-why-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const store = path.join(folder, 'ledger.db');
  const records = await openRecords(store);
  const arrivals = [...post.texts.event, ...post.texts.tele, ...post.texts.alert].map((text) => ({
    site: 'demo',
    text,
    envelope: parseEnvelope(text),
  }));
  await records.commit(arrivals, 1);
  const seal = post.texts.event.findLast((one) => one.includes('"type":"seal"')) ?? '';
  const { spool, seq } = parseEnvelope(seal);
  await records.head({ site: 'demo', device: 'post-1', spool, seq, text: seal, atMs: 1 });
  await records.close();
  const archive = openSqliteArchive(store);
  t.is(readBundle(await bundleOf(post, archive)).links.length, readBundle(whole).links.length);
  await archive.close();

  const id = post.alerts.find(({ kind }) => kind === 'vapour')?.id ?? '';
  const made = await fieldpost(['why', id, '--records', store, '--out', `${folder}/`, '--window', '3', '--disclosure']);
  t.is(made.code, 0, made.out + made.err);
  const file = path.join(folder, `${id}.jsonl`);
  const [good, again] = await Promise.all([
    fieldpost(['verify', file, '--records', store, '--json']),
    fieldpost(['replay', file]),
  ]);
  t.is(good.code, 0, good.out);
  t.true((JSON.parse(good.out) as { ok: boolean }).ok);
  t.is(again.code, 0, again.out);
  t.regex(again.out, /the same decision, to the byte/);

  const bad = readFileSync(file, 'utf8').replace('"kind":"vapour"', '"kind":"vapors"');
  writeFileSync(file, bad);
  const [named, missing] = await Promise.all([
    fieldpost(['verify', file]),
    fieldpost(['why', 'nobody', '--records', store, '--out', folder]),
  ]);
  t.is(named.code, 1);
  t.regex(named.out, /BAD .*\.jsonl:\d+: alert 1 of spool .*: was changed/);
  t.is(missing.code, 2);
  t.regex(missing.err, /no revision of it is held here/);
});
