/** What is delivered from one spool, and in which order the lanes of all spools go. */
import type { Spooled, SpoolReader } from '../core/ports/spool.ts';
import type { Stream } from '../core/values/envelope.ts';
import { newestOf } from './newest.ts';
import { type Flight, lane } from './window.ts';

/** In the order they go: what was kept before the connection was made waits until everything fresh is away. */
export const kinds = ['alert', 'event', 'live', 'history'] as const;
export type Kind = (typeof kinds)[number];

export interface Lane {
  readonly stream: Stream;
  flight: Flight;
  /** Nothing lay behind this cursor when so many appends had been told of: a look before the next one would find the same. */
  empty: { readonly cursor: number; readonly appends: number } | null;
}

export interface Outgoing {
  /** Name of the file in the spool folder. */
  readonly name: string;
  readonly reader: SpoolReader;
  /** Appends that the reader told of. */
  appends: number;
  /** Replaced at each connection. */
  lanes: Readonly<Record<Kind, Lane>>;
}

/**
 * The lanes of a spool for a connection that was just made. `before` are those of the last one: what was held stays held.
 * Errors: Fault `absent` or `refused` when the spool cannot be read.
 */
export async function lanesOf(reader: SpoolReader, before?: Outgoing['lanes']): Promise<Outgoing['lanes']> {
  const newest = await newestOf(async (after) => (await reader.peek('tele', after, 1))[0]?.seq ?? null);
  const held = Object.values(before ?? {});
  const fresh = (stream: Stream, after?: number, to?: number): Lane => {
    const flight = lane(after, to);
    const kept = held
      .filter((one) => one.stream === stream)
      .flatMap((one) => one.flight.held)
      .filter(({ seq }) => seq > flight.after && seq <= flight.to);
    return { stream, flight: { ...flight, held: kept }, empty: null };
  };
  return {
    alert: fresh('alert'),
    event: fresh('event'),
    live: fresh('tele', newest),
    history: fresh('tele', 0, newest),
  };
}

export interface Found {
  readonly there: readonly Spooled[];
  readonly absent: readonly number[];
}

/** Looks these up, ascending; what is in neither list was not reached and is looked up again later. */
export async function lookUp(reader: SpoolReader, stream: Stream, seqs: readonly number[]): Promise<Found> {
  const there: Spooled[] = [];
  const absent: number[] = [];
  let from = 0;
  while (from < seqs.length) {
    const first = seqs[from] ?? 0;
    let next = from;
    while (next < seqs.length && (seqs[next] ?? 0) - first === next - from) next += 1;
    const wanted = seqs.slice(from, next);
    const rows = new Map((await reader.peek(stream, first - 1, wanted.length)).map((row) => [row.seq, row]));
    // A peek gives fewer rows when they are large: beyond the last one nothing is known, unless there was none at all.
    const reached = rows.size === 0 ? Number.POSITIVE_INFINITY : Math.max(...rows.keys());
    for (const seq of wanted) {
      const row = rows.get(seq);
      if (row) there.push(row);
      else if (seq < reached) absent.push(seq);
    }
    from = next;
  }
  return { there, absent };
}
