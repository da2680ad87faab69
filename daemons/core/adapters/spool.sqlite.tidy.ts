/** What a spool gives up, by choice or because the medium took it, and the events that say so: each in one transaction. */
import { lostEvents, type Shed, shedEvents, type Told } from '../spool/gone.ts';
import type { Limits } from '../spool/limits.ts';
import { type Range, rangesOf } from '../spool/ranges.ts';
import { isIntact } from '../spool/row.ts';
import { type Stream, streams } from '../values/envelope.ts';
import type { Stamp } from '../values/stamp.ts';
import { forRoom, type Shedding, tooMuch, tooOld } from './spool.sqlite.shed.ts';

/** A row whose sum does not hold. */
export interface Spoiled {
  readonly stream: Stream;
  readonly seq: number;
}

export interface Tidying {
  /** Drops what is over the limits; `now` null leaves the ages alone. Gives what was dropped. */
  trim(device: string, limits: Limits, now: Stamp | null): readonly Shed[];
  /** Drops at least `bytes` of these streams, oldest first, because the disk is full; null when there is nothing of them. */
  makeRoom(device: string, bytes: number, may: readonly Stream[]): Shed | null;
  /** Takes rows out whose sums do not hold; the others of the list are left alone. Gives what was taken out. */
  giveUp(device: string, suspects: readonly Spoiled[]): readonly Spoiled[];
}

export interface TidyingOptions extends Shedding {
  readonly path: string;
  /** Does the work and appends the events that it gives, in one transaction. */
  readonly withEvents: (device: string, work: () => readonly Told[]) => void;
}

export function tidying(options: TidyingOptions): Tidying {
  const { path, spool, rows, withEvents } = options;
  const remove = (stream: Stream, ranges: readonly Range[]): void => {
    const through = ranges.at(-1)?.[1];
    if (through !== undefined) while (rows[stream].remove(ranges, through));
  };
  const drop = (device: string, shed: Shed): void =>
    withEvents(device, () => {
      for (const stream of streams) remove(stream, shed.seqs[stream]);
      return shedEvents(shed);
    });

  return {
    trim: (device, limits, now) => {
      const dropped: Shed[] = [];
      for (const choose of [() => now && tooOld(options, limits, now), () => tooMuch(options, limits)]) {
        const shed = choose();
        if (!shed) continue;
        drop(device, shed);
        dropped.push(shed);
      }
      return dropped;
    },
    makeRoom: (device, bytes, may) => {
      const shed = forRoom(options, bytes, may);
      if (shed) drop(device, shed);
      return shed;
    },
    giveUp: (device, suspects) => {
      const spoiled = suspects.filter(({ stream, seq }) => {
        const row = rows[stream].get(seq);
        return row !== null && !isIntact(row);
      });
      if (spoiled.length === 0) return [];
      withEvents(device, () => {
        const gone = streams.map((stream) => ({
          spool,
          stream,
          ranges: rangesOf(spoiled.filter((one) => one.stream === stream).map(({ seq }) => seq)),
        }));
        for (const { stream, ranges } of gone) remove(stream, ranges);
        return lostEvents({
          gone,
          after: [],
          message: `${path}: rows were damaged on the medium, the others are whole`,
        });
      });
      return spoiled;
    },
  };
}
