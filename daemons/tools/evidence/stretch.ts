/** One spool's part in an alert: which stretches of its chains are needed, and what of them stays whole. */
import type { Run } from '../../core/evidence/bundle.ts';
import { withoutBody } from '../../core/evidence/chain.ts';
import { lineState } from '../../core/evidence/verify-content.ts';
import type { Archive, Chain, Filed } from '../../core/ports/archive.ts';
import { decodeTelemetry } from '../../core/telemetry/decode.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { Stream, TelemetryBody } from '../../core/values/envelope.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import { backwards, type Entry, eventOf, first, forwards, locate, type SealEntry, sealIn } from './walk.ts';

export interface Wanted {
  readonly alert: string;
  /** Revisions of the alert in this spool. */
  readonly revisions: readonly Filed[];
  /** The moment from which telemetry is asked for. */
  readonly from: Stamp;
  /** When the last of these revisions was said. */
  readonly until: Stamp;
}

type Ends = NonNullable<Awaited<ReturnType<Archive['ends']>>>;

/** A run of the bundle with its texts. */
export interface Stretch {
  readonly run: Run;
  readonly texts: readonly string[];
}

export interface Part {
  readonly stretches: readonly Stretch[];
  /** The `line-state` event to start from. */
  readonly start: { readonly spool: string; readonly seq: number } | null;
  readonly missing: readonly string[];
}

/** Between what a part lies: the event to start from, the seals around, and the newest seal that is held. */
interface Bounds {
  readonly start: Entry | null;
  readonly before: SealEntry | null;
  readonly after: SealEntry | null;
  readonly latest: SealEntry | null;
}

async function boundsOf(archive: Archive, events: Chain, ends: Ends, wanted: Wanted): Promise<Bounds> {
  const lastRevision = Math.max(...wanted.revisions.map(({ seq }) => seq));
  const covers = (entry: Entry): SealEntry | null => {
    const sealed = sealIn(entry);
    return sealed && sealed.seal.heads.alert.seq >= lastRevision ? sealed : null;
  };
  const near = await locate(archive, events, wanted.until, ends);
  const after =
    (await first(forwards(archive, events, near, ends.last), covers)) ??
    (await first(forwards(archive, events, ends.first, ends.last), covers));

  const begin = await locate(archive, events, wanted.from, ends);
  const isState = (entry: Entry): Entry | null => (eventOf(entry)?.type === 'line-state' ? entry : null);
  const start =
    (await first(backwards(archive, events, Math.min(begin - 1, ends.last), ends.first), isState)) ??
    (await first(forwards(archive, events, begin, after?.seq ?? ends.last), isState));
  return {
    start,
    before: await first(backwards(archive, events, (start?.seq ?? begin) - 1, ends.first), sealIn),
    after,
    latest: await first(backwards(archive, events, ends.last, ends.first), sealIn),
  };
}

/** Errors: none of its own; what is not held is said in `missing`. */
export async function partOf(archive: Archive, device: string, spool: string, wanted: Wanted): Promise<Part> {
  const chain = (stream: Stream): Chain => ({ device, spool, stream });
  const ends = await archive.ends(chain('event'));
  if (!ends) return { stretches: [], start: null, missing: [`spool ${spool}: none of its events is held`] };
  const { start, before, after, latest } = await boundsOf(archive, chain('event'), ends, wanted);
  const missing: string[] = [];
  if (!after) missing.push(`spool ${spool}: no seal covers the alert: nobody signed it`);
  if (!start) missing.push(`spool ${spool}: no memory of the line from before is held: the alert cannot be replayed`);

  const sealed = (stream: Stream, seal: SealEntry | null, without: number): number =>
    seal?.seal.heads[stream].seq ?? without;
  const ranges: [Stream, number, number][] = [
    ['event', before?.seq ?? ends.first, after?.seq ?? ends.last],
    ['tele', sealed('tele', before, 1), sealed('tele', after, Number.MAX_SAFE_INTEGER)],
    ['alert', sealed('alert', before, 1), sealed('alert', latest, Number.MAX_SAFE_INTEGER)],
  ];
  const keep = keeper(wanted.alert, start, before);
  const stretches: Stretch[] = [];
  for (const [stream, from, to] of ranges) {
    // A seal goes before what it covers: a bad one is then found before what hangs on it.
    if (stream === 'alert' && latest && after && latest.seq > after.seq)
      stretches.push(...stretchOf(spool, 'event', [latest], () => true));
    const { entries, gap } = await unbroken(archive, chain(stream), from, to);
    if (gap) missing.push(gap);
    stretches.push(...stretchOf(spool, stream, entries, keep));
  }
  for (const one of await corrections(archive, device, {
    spool,
    from: after?.seq ?? ends.last,
    boot: wanted.until.boot,
  }))
    stretches.push(...stretchOf(spool, 'event', one, (entry) => entry === one[0]));
  return { stretches, start: start && { spool, seq: start.seq }, missing };
}

export function stretchOf(
  spool: string,
  stream: Stream,
  entries: readonly Entry[],
  keep: (entry: Entry, stream: Stream) => boolean,
): Stretch[] {
  const [one, last] = [entries[0], entries.at(-1)];
  if (!one || !last) return [];
  const texts = entries.map((entry) => (keep(entry, stream) || sealIn(entry) ? entry.text : withoutBody(entry.text)));
  return [{ run: { spool, stream, from: one.seq, to: last.seq }, texts }];
}

/** What stays whole: the alert itself, telemetry from the start on, and every event from there on. */
function keeper(alert: string, start: Entry | null, before: Entry | null): (entry: Entry, stream: Stream) => boolean {
  const state = start?.envelope ? lineState.safeParse(eventOf(start)?.detail).data : undefined;
  let begun = start === null;
  return ({ seq, envelope }, stream) => {
    if (!envelope) return false;
    if (stream === 'alert') return (envelope.body as Alert).id === alert;
    if (stream === 'event') return seq >= (start?.seq ?? before?.seq ?? 0);
    if (!begun) {
      const { run } = decodeTelemetry(envelope.body as TelemetryBody);
      begun = run?.id === state?.run && (run?.first ?? -1) >= (state?.next ?? 0);
    }
    return begun;
  };
}

/** The range without holes: what lies before the last one is left out, and said. */
async function unbroken(archive: Archive, chain: Chain, from: number, to: number) {
  const ends = await archive.ends(chain);
  let entries: Entry[] = [];
  let gap: string | null = null;
  if (ends) {
    for await (const entry of forwards(archive, chain, Math.max(from, ends.first), Math.min(to, ends.last))) {
      const last = entries.at(-1);
      if (last && last.seq + 1 !== entry.seq) {
        gap = `${chain.stream} ${last.seq + 1} to ${entry.seq - 1} of spool ${chain.spool} are not held: the bundle begins behind them`;
        entries = [];
      }
      entries.push(entry);
    }
    if (ends.first > Math.max(1, from) && gap === null && entries.length > 0)
      gap = `${chain.stream} before ${ends.first} of spool ${chain.spool} is not held`;
  }
  return { entries, gap };
}

/** Later corrections of the boot's clock, each with what lies between it and the seal behind it. */
async function corrections(
  archive: Archive,
  device: string,
  { spool, from, boot }: { readonly spool: string; readonly from: number; readonly boot: string },
): Promise<Entry[][]> {
  const filed = ['clock-corrected', 'clock-suspended'].map((type) => archive.events(device, type, 100));
  const later = (await Promise.all(filed)).flat().filter((one) => one.spool === spool && one.seq > from);
  const chain: Chain = { device, spool, stream: 'event' };
  const ends = await archive.ends(chain);
  const found: Entry[][] = [];
  let through = from;
  for (const { seq } of later.toSorted((a, b) => a.seq - b.seq)) {
    if (seq <= through) continue;
    const stretch: Entry[] = [];
    for await (const entry of forwards(archive, chain, seq, ends?.last ?? 0)) {
      stretch.push(entry);
      if (sealIn(entry)) break;
    }
    const [correction] = stretch;
    if (!correction || eventOf(correction)?.detail.boot !== boot || !sealIn(stretch.at(-1) ?? correction)) continue;
    through = stretch.at(-1)?.seq ?? through;
    found.push(stretch);
  }
  return found;
}
