import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openPostgresArchive } from '../../daemons/core/adapters/archive.postgres.ts';
import { openSpoolArchive } from '../../daemons/core/adapters/archive.spool.ts';
import { openSqliteArchive } from '../../daemons/core/adapters/archive.sqlite.ts';
import { openPostgresRecords } from '../../daemons/core/adapters/records.postgres.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { type Board, board as boardShape } from '../../daemons/core/config/box.ts';
import { readBundle } from '../../daemons/core/evidence/bundle.ts';
import { verifyBundle } from '../../daemons/core/evidence/verify.ts';
import { issue, makeAuthority } from '../../daemons/core/pki/issue.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { decodeTelemetry } from '../../daemons/core/telemetry/decode.ts';
import type { TelemetryBody } from '../../daemons/core/values/envelope.ts';
import { parseEnvelope } from '../../daemons/core/wire/envelope.ts';
import { disclose } from '../../daemons/tools/evidence/disclosure.ts';
import { replayBundle } from '../../daemons/tools/evidence/replay.ts';
import { fieldpost } from '../support/fieldpost.ts';
import { needs } from '../support/needs.ts';
import { startPostgres } from '../support/postgres.ts';
import { bundleOf, models, signedPost } from '../support/signed-post.ts';

const post = await signedPost();
const whole = await bundleOf(post);
test.after.always(() => post.remove());
const isEnvelope = (line: string): boolean => line.startsWith('{"v":1,');

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

for (const [verdict, type, mark] of [
  ['passed', 'check-made', 0],
  ['failed', 'check-failed', 1],
] as const)
  test(`the first check after an alert joins its bundle, whole and replayed as before: it ${verdict}`, async (t) => {
    const checked = await signedPost({ check: verdict });
    t.teardown(checked.remove);
    const text = await bundleOf(checked, undefined, 'ammonia');
    const { ok, problems, bundle } = verifyBundle(text);
    t.deepEqual([ok, problems], [true, []]);
    t.true(text.includes(`"type":"${type}"`));
    t.is(
      bundle.header?.value.revisions,
      1 + checked.alerts.filter(({ kind, rev }) => kind === 'ammonia' && rev > 1).length,
    );
    const { revisions, notes } = await replayBundle(verifyBundle(text), models);
    t.true(revisions.length > 0 && revisions.length === (bundle.header?.value.revisions ?? 0) - mark);
    for (const { rev, recorded, replayed } of revisions) t.is(replayed, recorded, `revision ${rev}`);
    t.deepEqual(notes, []);
    // The hour between the alert and the check is not in it.
    t.true(text.length < 3 * whole.length);
    t.false((await bundleOf(checked, undefined, 'vapour')).includes(`"type":"${type}"`));
  });

test('an alert that goes on over a restart of the daemon is decided again from both runs', async (t) => {
  const restarted = await signedPost({ restarts: 1, heldEveryMs: 1000 });
  t.teardown(restarted.remove);
  const { kind } = restarted.alerts.toSorted((a, b) => b.rev - a.rev)[0] ?? {};
  const verdict = verifyBundle(await bundleOf(restarted, undefined, kind));
  t.deepEqual(verdict.problems, []);
  const { revisions, notes } = await replayBundle(verdict, models);
  t.true(revisions.length > 1);
  for (const { rev, recorded, replayed } of revisions) t.is(replayed, recorded, `revision ${rev}`);
  t.deepEqual(notes, []);
});

/** The board of the recorded plume, judged so strictly that every kind of flag is given, behind a line that stands still at times. */
const strict = (same: Board): Board =>
  boardShape.parse({
    ...same,
    sensors: same.sensors.map((one) => ({
      ...one,
      stuckAfter: 2,
      t90: { sensorS: 1 },
      quality: {
        warmUpS: 3,
        saturated: { share: 0.5, samples: 1, fullScale: 10 },
        flatline: { t90s: 1, step: 1000 },
        spike: { window: 3, k: 2, floor: 0.001 },
        rate: { perS: 0.1 },
        crc: { share: 0.01, looks: 5 },
        heater: { channel: 'air/temperature', low: 100, high: 200, holdS: 1 },
      },
    })),
    sampling: [
      {
        line: 'main',
        behind: ['nh3', 'mox-a'],
        flow: { channel: 'pid/voc', least: 1 },
        holdS: 0.3,
        clearS: 0.3,
        delay: { s: 2.5, on: '2026-11-01', by: 't-17' },
      },
    ],
    pairs: [{ quantities: ['ammonia', 'voc-isobutylene-equivalent'], within: 0, k: 1, holdS: 0.5 }],
  });

test('flags of every kind that the line gave are given again by a replay, to the byte', async (t) => {
  const judged = await signedPost({ board: strict });
  t.teardown(judged.remove);
  const read = judged.texts.tele.map((text) => decodeTelemetry(parseEnvelope(text).body as TelemetryBody));
  const given = new Set<string>(
    read.flatMap(({ readings, measurements }) => [...readings, ...measurements].flatMap(({ flags }) => flags)),
  );
  for (const flag of [
    ...['warming-up', 'saturated', 'heater', 'stuck', 'spike', 'rate'],
    ...['line-unknown', 'line-blocked', 'not-measured', 'pair-disagreement'],
  ])
    t.true(given.has(flag), flag);
  t.true(judged.texts.event.some((text) => text.includes('"type":"sampling-line-fault"')));
  t.is(read[0]?.measurements.find(({ quantity }) => quantity === 'ammonia')?.delayMs, 2500);
  const { revisions, telemetry, states } = await replayBundle(
    verifyBundle(await bundleOf(judged, undefined, 'ammonia')),
    models,
  );
  for (const { recorded, replayed } of revisions) t.is(replayed, recorded);
  t.true(telemetry.of > 0 && states.of > 0);
  t.deepEqual([telemetry.same, states.same], [telemetry.of, states.of]);
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
