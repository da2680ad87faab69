/**
 * Envelopes into the central store on PostgreSQL: a whole batch with one statement a table, in the caller's transaction.
 * Each key once; alerts advanced; progress and gaps kept.
 */
import { linkHash } from '../evidence/chain.ts';
import type { Arrival, GoneRange, Outcome, Said, Watermark } from '../ports/records.ts';
import { readableGone } from '../records/gone.ts';
import { came, close, confirmed, openWithin, type Range } from '../records/progress.ts';
import type { Alert } from '../values/alert.ts';
import type { BoxEvent } from '../values/envelope.ts';
import { bigints, blobs, doubles, texts } from './postgres.arrays.ts';
import type { Ask } from './postgres.ts';
import { moveDesks } from './records.postgres.desks.ts';
import { knowFolded } from './records.postgres.folded.ts';
import { openProgress, type StreamKey, saveProgress, type Tally, tallyKey } from './records.postgres.progress.ts';
import { changeNow, mostPlaces } from './records.postgres.schema.ts';

/** What a batch did. `marks` are the watermarks of every stream it touched. */
export interface Taken {
  readonly outcomes: readonly Outcome[];
  readonly marks: readonly Watermark[];
}

export interface Declared extends StreamKey {
  readonly ranges: readonly Range[];
  readonly why: GoneRange['why'];
}

interface Piece extends Arrival {
  readonly hash: Buffer;
}

/** Takes a batch. Nothing of it is kept when the transaction is not committed. */
export async function take(ask: Ask, arrivals: readonly Arrival[], nowMs: number): Promise<Taken> {
  const pieces = arrivals.map((one) => ({ ...one, hash: Buffer.from(linkHash(one.text), 'hex') }));
  const outcomes = await keepOnce(ask, pieces, nowMs);
  const fresh = arrivals.filter((_, i) => outcomes[i] !== 'duplicate');
  await advanceAlerts(ask, fresh, nowMs);

  const touched = new Map<string, StreamKey & { seqs: number[]; kept: number; duplicates: number }>();
  arrivals.forEach(({ envelope: { device, spool, stream, seq } }, i) => {
    const key = tallyKey({ device, spool, stream });
    const one = touched.get(key) ?? { device, spool, stream, seqs: [], kept: 0, duplicates: 0 };
    one.seqs.push(seq);
    if (outcomes[i] === 'new') one.kept += 1;
    if (outcomes[i] === 'duplicate') one.duplicates += 1;
    touched.set(key, one);
  });
  const declared = fresh.flatMap(({ envelope }) =>
    readableGone(envelope).map(
      (one): Declared => ({
        device: envelope.device,
        ...one,
        why: (envelope.body as BoxEvent).type === 'lost' ? 'lost' : 'shed',
      }),
    ),
  );
  const tallies = await openProgress(ask, [...touched.values(), ...declared]);
  for (const [key, { seqs, kept, duplicates }] of touched) {
    const tally = tallies.get(key);
    if (!tally) continue;
    tally.progress = came(tally.progress, seqs);
    tally.kept += kept;
    tally.duplicates += duplicates;
  }
  await declare(ask, tallies, declared, nowMs);
  await saveProgress(ask, tallies);
  const marks = [...tallies.values()].map(({ device, spool, stream, progress }) => ({
    device,
    spool,
    stream,
    ...confirmed(progress),
  }));
  return { outcomes, marks };
}

/** Closes what a box says that it has nothing of below; gives the watermarks of the streams. */
export async function unheld(
  ask: Ask,
  device: string,
  oldest: NonNullable<Said['oldest']>,
  nowMs: number,
): Promise<void> {
  const declared = oldest
    .filter(({ seq }) => seq > 1)
    .map(({ spool, stream, seq }): Declared => ({ device, spool, stream, ranges: [[1, seq - 1]], why: 'unheld' }));
  if (declared.length === 0) return;
  const tallies = await openProgress(ask, declared);
  await declare(ask, tallies, declared, nowMs);
  await saveProgress(ask, tallies);
}

/** Numbers that will never come: what was open of them is closed and noted. */
async function declare(
  ask: Ask,
  tallies: ReadonlyMap<string, Tally>,
  declared: readonly Declared[],
  nowMs: number,
): Promise<void> {
  const gone: { key: StreamKey; range: Range; why: string }[] = [];
  for (const { ranges, why, ...key } of declared) {
    const tally = tallies.get(tallyKey(key));
    if (!tally) continue;
    for (const range of openWithin(tally.progress, ranges)) gone.push({ key, range, why });
    tally.progress = close(tally.progress, openWithin(tally.progress, ranges));
  }
  if (gone.length === 0) return;
  await ask({
    text: `INSERT INTO gone (device, spool, stream, first, last, why, at_ms)
      SELECT *, $7::float8 FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[])`,
    values: [
      texts(gone.map(({ key }) => key.device)),
      texts(gone.map(({ key }) => key.spool)),
      texts(gone.map(({ key }) => key.stream)),
      bigints(gone.map(({ range }) => range[0])),
      bigints(gone.map(({ range }) => range[1])),
      texts(gone.map(({ why }) => why)),
      nowMs,
    ],
  });
}

const keysOf = (pieces: readonly Arrival[]): readonly Buffer[] => [
  texts(pieces.map(({ envelope }) => envelope.device)),
  texts(pieces.map(({ envelope }) => envelope.spool)),
  texts(pieces.map(({ envelope }) => envelope.stream)),
  bigints(pieces.map(({ envelope }) => envelope.seq)),
];
const keyOf = ({ device, spool, stream, seq }: StreamKey & { seq: number }): string =>
  `${device} ${spool} ${stream} ${seq}`;

/** Inserts what is not there; what is, is told apart into repeats and conflicts, and these are kept beside. */
async function keepOnce(ask: Ask, pieces: readonly Piece[], nowMs: number): Promise<Outcome[]> {
  const firsts = new Map<string, Piece>();
  for (const piece of pieces) {
    const key = keyOf(piece.envelope);
    if (!firsts.has(key)) firsts.set(key, piece);
  }
  const once = [...firsts.values()];
  const { count } = await ask({
    name: 'envelope-keep',
    text: `INSERT INTO envelope SELECT device, spool, stream, seq, hash, site, text, $8::float8
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bytea[], $6::text[], $7::text[])
        AS t (device, spool, stream, seq, hash, site, text)
      WHERE NOT EXISTS (SELECT 1 FROM folded f WHERE f.device = t.device AND f.spool = t.spool AND f.stream = t.stream
        AND f.last >= t.seq AND f.first <= t.seq)
      ON CONFLICT DO NOTHING`,
    values: [
      ...keysOf(once),
      blobs(once.map(({ hash }) => hash)),
      texts(once.map(({ site }) => site)),
      texts(once.map(({ text }) => text)),
      nowMs,
    ],
  });
  // The usual case: everything came for the first time, and nothing need be looked up.
  if (count === pieces.length) return pieces.map(() => 'new');

  const known = await knownOf(ask, once);
  await knowFolded(ask, known, new Map(once.map(({ envelope }) => [keyOf(envelope), envelope])));
  const outcomes: Outcome[] = [];
  const others: Piece[] = [];
  const seen = new Set<string>();
  for (const piece of pieces) {
    const key = keyOf(piece.envelope);
    const there = known.get(key);
    if (there?.ours && firsts.get(key) === piece) outcomes.push('new');
    else if (there?.hash === piece.hash.toString('hex')) outcomes.push('duplicate');
    else {
      const twin = `${key} ${piece.hash.toString('hex')}`;
      outcomes.push(seen.has(twin) ? 'duplicate' : 'conflict');
      if (!seen.has(twin)) others.push(piece);
      seen.add(twin);
    }
  }
  if (others.length === 0) return outcomes;
  const kept = await keepConflicts(ask, others, nowMs);
  return outcomes.map((outcome, i) =>
    outcome === 'conflict' && !kept.has(twinOf(pieces[i] as Piece)) ? 'duplicate' : outcome,
  );
}

const twinOf = ({ envelope, hash }: Piece): string => `${keyOf(envelope)} ${hash.toString('hex')}`;

/** What is stored under these keys, and whether this transaction stored it. */
async function knownOf(
  ask: Ask,
  pieces: readonly Piece[],
): Promise<Map<string, { readonly ours: boolean; readonly hash: string }>> {
  const { rows } = await ask({
    name: 'envelope-known',
    text: `SELECT t.n, encode(e.hash, 'hex') AS hash, e.xmin = pg_current_xact_id()::xid AS ours
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) WITH ORDINALITY AS t (device, spool, stream, seq, n)
      JOIN envelope e USING (device, spool, stream, seq)`,
    values: [...keysOf(pieces)],
  });
  return new Map(
    rows.map(({ n, hash, ours }) => [
      keyOf((pieces[Number(n) - 1] as Piece).envelope),
      { hash: String(hash), ours: ours === true },
    ]),
  );
}

/** Keeps second texts; gives those that were not kept before. */
async function keepConflicts(ask: Ask, pieces: readonly Piece[], nowMs: number): Promise<ReadonlySet<string>> {
  const { rows } = await ask({
    text: `INSERT INTO conflict SELECT device, spool, stream, seq, hash, site, text, $8::float8
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bytea[], $6::text[], $7::text[])
        AS t (device, spool, stream, seq, hash, site, text)
      ON CONFLICT DO NOTHING RETURNING device, spool, stream, seq, encode(hash, 'hex') AS hash`,
    values: [
      ...keysOf(pieces),
      blobs(pieces.map(({ hash }) => hash)),
      texts(pieces.map(({ site }) => site)),
      texts(pieces.map(({ text }) => text)),
      nowMs,
    ],
  });
  return new Set(rows.map(({ device, spool, stream, seq, hash }) => `${device} ${spool} ${stream} ${seq} ${hash}`));
}

interface Latest {
  readonly site: string;
  readonly device: string;
  readonly alert: Alert;
}

/** Every revision counts once for each envelope that brought it; an alert becomes its highest revision. */
async function advanceAlerts(ask: Ask, fresh: readonly Arrival[], nowMs: number): Promise<void> {
  const revisions = new Map<string, { alert: Alert; effects: number }>();
  const latest = new Map<string, Latest>();
  for (const { site, envelope } of fresh) {
    if (envelope.stream !== 'alert') continue;
    const { device } = envelope;
    const alert = envelope.body as Alert;
    const revision = `${alert.rev} ${alert.id}`;
    const before = revisions.get(revision);
    revisions.set(revision, { alert: before?.alert ?? alert, effects: (before?.effects ?? 0) + 1 });
    const claim = `${device} ${alert.id}`;
    if (alert.rev > (latest.get(claim)?.alert.rev ?? 0)) latest.set(claim, { site, device, alert });
  }
  if (revisions.size === 0) return;
  const said = [...revisions.values()];
  await ask({
    name: 'revision-keep',
    text: `INSERT INTO revision SELECT id, rev, said, $4::float8, effects
      FROM unnest($1::text[], $2::bigint[], $3::float8[], $5::bigint[]) AS t (id, rev, said, effects)
      ON CONFLICT (id, rev) DO UPDATE SET effects = revision.effects + excluded.effects`,
    values: [
      texts(said.map(({ alert }) => alert.id)),
      bigints(said.map(({ alert }) => alert.rev)),
      doubles(said.map(({ alert }) => alert.at.wallMs)),
      nowMs,
      bigints(said.map(({ effects }) => effects)),
    ],
  });
  for (const turn of claimTurns([...latest.values()])) {
    await moveDesks(ask, turn);
    await upsertAlerts(ask, turn, nowMs);
  }
}

/** One statement may touch a row once: where two devices claim one id, the second waits for a turn of its own. */
function claimTurns(all: readonly Latest[]): readonly (readonly Latest[])[] {
  const turns: Map<string, Latest>[] = [];
  for (const one of all) {
    const free = turns.find((turn) => !turn.has(one.alert.id));
    if (free) free.set(one.alert.id, one);
    else turns.push(new Map([[one.alert.id, one]]));
  }
  return turns.map((turn) => [...turn.values()]);
}

/** An id belongs to the device that raised it first: no other may revise it. */
const upsertAlerts = (ask: Ask, alerts: readonly Latest[], nowMs: number): Promise<unknown> =>
  ask({
    name: 'alert-advance',
    text: `INSERT INTO alert SELECT id, site, device, rev, body, $6::float8, $6::float8, NULL, NULL, ${changeNow} + least(n, ${mostPlaces})
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[]) WITH ORDINALITY AS t (id, site, device, rev, body, n)
      ON CONFLICT (id) DO UPDATE SET
        rev = excluded.rev, body = excluded.body, changed_ms = excluded.changed_ms, change = excluded.change
        WHERE excluded.rev > alert.rev AND excluded.device = alert.device`,
    values: [
      texts(alerts.map(({ alert }) => alert.id)),
      texts(alerts.map(({ site }) => site)),
      texts(alerts.map(({ device }) => device)),
      bigints(alerts.map(({ alert }) => alert.rev)),
      texts(alerts.map(({ alert }) => JSON.stringify(alert))),
      nowMs,
    ],
  });
