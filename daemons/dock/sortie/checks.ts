/** What the payload's own records say before a sortie and after it. Pure; what is not known is a lack. */
import { isBeyond, shiftText, type ZeroShift, zeroFound, zeroLeft, zeroShift } from '../../core/calibration/zero.ts';
import type { CalibrationRecord } from '../../core/ports/calibrations.ts';
import type { SortieSection } from '../../core/sortie/section.ts';

/** The zero of one part as the sortie began. */
export interface ZeroThen {
  readonly part: string;
  readonly record: string;
  readonly shown: number;
  readonly ageH: number;
}

export interface PreFlight {
  readonly zeros: readonly ZeroThen[];
  /** The oldest of the parts' newest bumps that passed; null: one has none. */
  readonly bumpAgeH: number | null;
  /** Of the parts' zeros, the least. */
  readonly flowMlMin: number | null;
  readonly clockMs: number | null;
  /** Why it may not begin, for the technician; empty: it may. */
  readonly lacks: readonly string[];
}

export interface PostFlight {
  readonly shifts: readonly (ZeroShift & {
    readonly part: string;
    readonly record: string;
    readonly isBeyond: boolean;
  })[];
  /** Parts that nobody gave zero gas since the landing, and why that counts as none. */
  readonly lacks: readonly string[];
}

export interface BoxClock {
  readonly wallMs: number;
  readonly uncertaintyMs: number | null;
}

const hourMs = 3_600_000;
const nameOf = ({ sensor, quantity, serial }: CalibrationRecord): string => `${sensor}/${quantity} (serial ${serial})`;
const isGood = (record: CalibrationRecord): boolean => record.record === 'adjustment' || record.verdict === 'passed';
const newest = (records: readonly CalibrationRecord[]): CalibrationRecord | undefined =>
  records.toSorted((a, b) => a.atMs - b.atMs).at(-1);

/** The records of each part and quantity of the payload; a serial number without any stands alone. */
function byPart(records: readonly CalibrationRecord[], serials: readonly string[]) {
  return serials.flatMap((serial) => {
    const of = Map.groupBy(
      records.filter((one) => one.serial === serial),
      ({ quantity }) => quantity,
    );
    return of.size === 0 ? [{ serial, all: [] }] : [...of.values()].map((all) => ({ serial, all }));
  });
}

export function preFlight(
  records: readonly CalibrationRecord[],
  { wallMs, uncertaintyMs }: BoxClock,
  section: SortieSection,
): PreFlight {
  const parts = byPart(records, section.payload).map(({ serial, all }) => partBefore(serial, all, { wallMs, section }));
  const lacks = parts.flatMap((one) => one.lacks);
  const flowMlMin = leastOf(parts.map((one) => one.flowMlMin));
  const { least, most } = section.flowMlMin;
  if (!parts.every(({ flowMlMin: flow }) => flow !== null && flow >= least && flow <= most))
    lacks.push(`the flow of the pump was ${flowMlMin ?? 'not measured'} at a zero; must be ${least} to ${most} mL/min`);
  if (!(uncertaintyMs !== null && uncertaintyMs <= section.clockMs))
    lacks.push(`the clock is known within ${uncertaintyMs ?? 'no'} ms, ${section.clockMs} ms are allowed`);
  const bumps = parts.map((one) => one.bumpAgeH);
  const bumpAgeH = bumps.every((one) => one !== null) ? Math.max(...bumps) : null;
  return { zeros: parts.flatMap(({ zero }) => zero ?? []), bumpAgeH, flowMlMin, clockMs: uncertaintyMs, lacks };
}

interface PartBefore {
  readonly zero: ZeroThen | null;
  readonly bumpAgeH: number | null;
  readonly flowMlMin: number | null;
  readonly lacks: readonly string[];
}

function partBefore(
  serial: string,
  all: readonly CalibrationRecord[],
  { wallMs, section }: { readonly wallMs: number; readonly section: SortieSection },
): PartBefore {
  const [first] = all;
  if (!first)
    return {
      ...{ zero: null, bumpAgeH: null, flowMlMin: null },
      lacks: [`serial ${serial}: this box has no record of it`],
    };
  const part = nameOf(first);
  const lacks: string[] = [];
  if (section.zeroShift[first.quantity] === undefined)
    lacks.push(`${part}: the profile sets no limit for its zero (sortie.zeroShift.${first.quantity})`);
  const last = newest(all.filter((one) => one.record !== 'bump'));
  const zero = last ? zeroThen(part, last, wallMs) : null;
  if (!zero) lacks.push(`${part}: its last check or adjustment saw no zero, failed, or is of a time to come`);
  else if (!(zero.ageH <= section.zeroAgeH))
    lacks.push(`${part}: its zero was seen ${zero.ageH.toFixed(1)} h ago, ${section.zeroAgeH} h are allowed`);
  const bump = newest(all.filter((one) => one.record === 'bump'));
  const bumpAgeH = bump && isGood(bump) ? ageH(bump, wallMs) : null;
  if (bumpAgeH === null) lacks.push(`${part}: its last bump failed, or there is none`);
  else if (!(bumpAgeH <= section.bumpAgeH))
    lacks.push(`${part}: its last bump was ${bumpAgeH.toFixed(1)} h ago, ${section.bumpAgeH} h are allowed`);
  return { zero, bumpAgeH, flowMlMin: last?.conditions?.flowMlMin ?? null, lacks };
}

const ageH = ({ atMs }: CalibrationRecord, wallMs: number): number | null =>
  atMs <= wallMs ? (wallMs - atMs) / hourMs : null;

function zeroThen(part: string, last: CalibrationRecord, wallMs: number): ZeroThen | null {
  const shown = isGood(last) ? zeroLeft(last) : null;
  const old = ageH(last, wallMs);
  return shown === null || old === null ? null : { part, record: last.id, shown, ageH: old };
}

const leastOf = (all: readonly (number | null)[]): number | null =>
  all.length > 0 && all.every((one) => one !== null) ? Math.min(...all) : null;

/** What was found since the drone came down, `downMs`. */
export function postFlight(
  records: readonly CalibrationRecord[],
  downMs: number,
  { payload, zeroShift: limits }: SortieSection,
): PostFlight {
  const lacks: string[] = [];
  const shifts = byPart(records, payload).flatMap(({ serial, all }) => {
    const seen = all.filter((one) => one.atMs >= downMs && zeroFound(one) !== null).toSorted((a, b) => a.atMs - b.atMs);
    // The first one: what was shown before anybody changed anything.
    const [first] = seen;
    const before = all.filter(({ atMs }) => atMs < downMs);
    const shift = first && zeroShift(first, before, limits);
    if (!first || !shift) {
      lacks.push(`${all[0] ? nameOf(all[0]) : `serial ${serial}`}: no zero gas was given to it since the landing`);
      return [];
    }
    return [{ part: nameOf(first), record: first.id, ...shift, isBeyond: isBeyond(shift) }];
  });
  return { shifts, lacks };
}

/** For the reader. */
export const shiftsText = ({ shifts }: PostFlight): string =>
  shifts.map((one) => `${one.part}: ${shiftText(one)}`).join('; ');
