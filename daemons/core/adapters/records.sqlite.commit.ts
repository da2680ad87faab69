/** Envelopes into the central store: each key once, alerts advanced, progress and gaps kept, in the caller's transaction. */
import { afterRevision } from '../desk/moved.ts';
import { linkHash } from '../evidence/chain.ts';
import type { Arrival, GoneRange, Outcome, Said, Watermark } from '../ports/records.ts';
import { hashIn, pageOf } from '../records/folding.ts';
import { readableGone } from '../records/gone.ts';
import { came, close, confirmed, noProgress, openWithin, type Progress } from '../records/progress.ts';
import { countOf, type Range } from '../spool/ranges.ts';
import type { Alert } from '../values/alert.ts';
import type { Desk } from '../values/desk.ts';
import type { BoxEvent, Envelope, Stream } from '../values/envelope.ts';
import type { RecordsFile } from './records.sqlite.file.ts';

export interface Commits {
  take(arrivals: readonly Arrival[], nowMs: number): readonly Outcome[];
  /** What the box says that it has nothing below. */
  unheld(device: string, oldest: NonNullable<Said['oldest']>, nowMs: number): void;
  watermark(device: string, spool: string, stream: Stream): Watermark;
  /** Every stream that has gaps. */
  gaps(): readonly Watermark[];
}

interface StreamKey {
  readonly device: string;
  readonly spool: string;
  readonly stream: Stream;
}
interface Declared extends StreamKey {
  readonly ranges: readonly Range[];
  readonly why: GoneRange['why'];
}

export function commitsInto({ db, add }: RecordsFile): Commits {
  const q = {
    known: db.prepare('SELECT hash FROM envelope WHERE device = ? AND spool = ? AND stream = ? AND seq = ?'),
    folded: db.prepare(`SELECT first, last, prev, links FROM folded
      WHERE device = ? AND spool = ? AND stream = ? AND last >= ? AND first <= ? ORDER BY last LIMIT 1`),
    keep: db.prepare('INSERT INTO envelope VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    conflict: db.prepare('INSERT OR IGNORE INTO conflict VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    revision: db.prepare('INSERT INTO revision VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET effects = effects + 1'),
    // An id belongs to the device that raised it: no other may revise it.
    alert: db.prepare(`INSERT INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?) ON CONFLICT (id) DO UPDATE SET
      rev = excluded.rev, body = excluded.body, changed_ms = excluded.changed_ms, change = excluded.change
      WHERE excluded.rev > rev AND excluded.device = device`),
    judged: db.prepare(`SELECT alert.body AS alert, desk.body AS desk FROM alert JOIN desk ON desk.alert = alert.id
      WHERE id = ? AND device = ? AND rev < ? AND desk.body IS NOT NULL`),
    moved: db.prepare('UPDATE desk SET body = ? WHERE alert = ?'),
    progress: db.prepare('SELECT top, through, beyond FROM progress WHERE device = ? AND spool = ? AND stream = ?'),
    advance: db.prepare(`INSERT INTO progress VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
      top = excluded.top, through = excluded.through, beyond = excluded.beyond`),
    gone: db.prepare('INSERT INTO gone VALUES (?, ?, ?, ?, ?, ?, ?)'),
    streams: db.prepare("SELECT device, spool, stream FROM progress WHERE beyond <> '[]' OR through < top"),
  };

  const progressOf = ({ device, spool, stream }: StreamKey): Progress => {
    const row = q.progress.get(device, spool, stream);
    if (!row) return noProgress;
    return {
      top: Number(row.top),
      through: Number(row.through),
      beyond: JSON.parse(String(row.beyond)) as readonly Range[],
    };
  };
  const note = ({ device, spool, stream }: StreamKey, before: Progress, after: Progress): void => {
    if (after.top === before.top && after.through === before.through && after.beyond.length === before.beyond.length)
      if (JSON.stringify(after.beyond) === JSON.stringify(before.beyond)) return;
    q.advance.run(device, spool, stream, after.top, after.through, JSON.stringify(after.beyond));
  };

  /** Of an envelope whose row was folded into a page: a box that sends it once more is told that it came. */
  const foldedHash = ({ device, spool, stream, seq }: Envelope): string | undefined => {
    const page = q.folded.get(device, spool, stream, seq, seq);
    return page && hashIn(pageOf(page), seq);
  };

  const keep = ({ site, text, envelope }: Arrival, nowMs: number): Outcome => {
    const { device, spool, stream, seq } = envelope;
    const hash = linkHash(text);
    const known = q.known.get(device, spool, stream, seq)?.hash ?? foldedHash(envelope);
    if (known === undefined) {
      q.keep.run(device, spool, stream, seq, hash, site, text, nowMs);
      return 'new';
    }
    if (known === hash) return 'duplicate';
    const { changes } = q.conflict.run(device, spool, stream, seq, hash, site, text, nowMs);
    return Number(changes) === 1 ? 'conflict' : 'duplicate';
  };

  const advanceAlert = (site: string, { device, body }: Envelope<'alert'>, nowMs: number): void => {
    const alert: Alert = body;
    q.revision.run(alert.id, alert.rev, alert.at.wallMs, nowMs);
    // With the revision itself, so that nobody reads one without the other.
    const before = alert.rev > 1 ? q.judged.get(alert.id, device, alert.rev) : undefined;
    if (before) {
      const desk = JSON.parse(String(before.desk)) as Desk;
      const next = afterRevision(desk, JSON.parse(String(before.alert)) as Alert, alert);
      if (next !== desk) q.moved.run(JSON.stringify(next), alert.id);
    }
    const change = add('change', 1);
    q.alert.run(alert.id, site, device, alert.rev, JSON.stringify(alert), nowMs, nowMs, change);
  };

  const declare = ({ ranges, why, ...key }: Declared, nowMs: number): void => {
    const before = progressOf(key);
    const open = openWithin(before, ranges);
    if (open.length === 0) return;
    for (const [from, to] of open) q.gone.run(key.device, key.spool, key.stream, from, to, why, nowMs);
    add('gone', countOf(open));
    note(key, before, close(before, open));
  };

  const watermark = (device: string, spool: string, stream: Stream): Watermark => {
    return { device, spool, stream, ...confirmed(progressOf({ device, spool, stream })) };
  };

  return {
    take: (arrivals, nowMs) => {
      const streams = new Map<string, StreamKey & { readonly seqs: number[] }>();
      const declared: Declared[] = [];
      const outcomes = arrivals.map((arrival) => {
        const { device, spool, stream, seq, body } = arrival.envelope;
        const outcome = keep(arrival, nowMs);
        const key = `${device}/${spool}/${stream}`;
        const touched = streams.get(key) ?? { device, spool, stream, seqs: [] };
        touched.seqs.push(seq);
        streams.set(key, touched);
        if (outcome === 'duplicate') return outcome;
        if (stream === 'alert') advanceAlert(arrival.site, arrival.envelope as Envelope<'alert'>, nowMs);
        for (const one of readableGone(arrival.envelope))
          declared.push({ device, ...one, why: (body as BoxEvent).type === 'lost' ? 'lost' : 'shed' });
        return outcome;
      });
      for (const { seqs, ...key } of streams.values()) {
        const before = progressOf(key);
        note(key, before, came(before, seqs));
      }
      for (const one of declared) declare(one, nowMs);
      const count = (outcome: Outcome): number => outcomes.filter((one) => one === outcome).length;
      add('envelopes', count('new'));
      add('duplicates', count('duplicate'));
      add('conflicts', count('conflict'));
      return outcomes;
    },
    unheld: (device, oldest, nowMs) => {
      for (const { spool, stream, seq } of oldest)
        if (seq > 1) declare({ device, spool, stream, ranges: [[1, seq - 1]], why: 'unheld' }, nowMs);
    },
    watermark,
    gaps: () =>
      (q.streams.all() as unknown as StreamKey[])
        .map(({ device, spool, stream }) => watermark(device, spool, stream))
        .filter((one) => one.missing.length > 0),
  };
}
