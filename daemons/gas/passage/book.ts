/**
 * What became of passages: results by number, and what an officer found at a secondary inspection. It counts false alarms; the
 * line knows nothing of it, so that a replay of the line needs no decisions.
 */
import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';
import { passageCounts, passageEntry } from '../../core/procedure/passage-link.ts';
import type { BoxEvent } from '../../core/values/envelope.ts';
import type { Said } from '../sensor-event.ts';

export const passageBook = z.object(passageCounts);
export type PassageBook = z.infer<typeof passageBook>;

export const emptyPassageBook: PassageBook = {
  entries: [],
  measured: 0,
  notMeasured: 0,
  indications: 0,
  falseAlarms: 0,
  missed: 0,
};

const mostEntries = 200;
const told = onDemand(() => passageEntry.unwrap().pick({ passage: true, result: true }));

/** Writes a passage down; other events are passed over. */
export function noted(book: PassageBook, { type, at, detail }: BoxEvent): PassageBook {
  const one = type === 'passage' ? told.safeParse(detail).data : undefined;
  if (!one) return book;
  const entries = [...book.entries, { ...one, atMs: at.wallMs, found: null, by: null }].slice(-mostEntries);
  const lost = one.result === 'not measured' ? 1 : 0;
  return {
    ...book,
    entries,
    measured: book.measured + 1 - lost,
    notMeasured: book.notMeasured + lost,
    indications: book.indications + (one.result === 'indication' ? 1 : 0),
  };
}

/** False alarms per 1,000 measured passages; null of none. Indications that nobody decided yet are not among them. */
export const falsePerThousand = ({ measured, falseAlarms }: PassageBook): number | null =>
  measured === 0 ? null : (1000 * falseAlarms) / measured;

/** What an officer found; a word instead when the passage is not known. A later word replaces an earlier one. */
export function decided(
  book: PassageBook,
  { passage, found, by }: { readonly passage: number; readonly found: boolean; readonly by: string },
): readonly [PassageBook, Said] | string {
  const before = book.entries.find((one) => one.passage === passage);
  if (!before) return `passage ${passage} is not among the last ${book.entries.length}`;
  const entries = book.entries.map((one) => (one === before ? { ...one, found, by } : one));
  const isFalse = (one: boolean | null): number => (before.result === 'indication' && one === false ? 1 : 0);
  const isMissed = (one: boolean | null): number => (before.result === 'nothing above LOD' && one === true ? 1 : 0);
  const next = {
    ...book,
    entries,
    falseAlarms: book.falseAlarms + isFalse(found) - isFalse(before.found),
    missed: book.missed + isMissed(found) - isMissed(before.found),
  };
  const rate = falsePerThousand(next);
  return [
    next,
    {
      type: 'passage-decided',
      severity: 'info',
      message: `passage ${passage} (${before.result}): ${by} found ${found ? 'something' : 'nothing'}; ${rate === null ? 'none measured' : `${rate.toFixed(1)} false alarms per 1,000 of ${next.measured} measured passages`}`,
      detail: { passage, result: before.result, found, by, falsePerThousand: rate, measured: next.measured },
    },
  ];
}
