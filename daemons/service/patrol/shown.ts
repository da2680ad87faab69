/**
 * What a patrol is shown of an alert at the box. A box has no layer of dwellings and no supervisor: what the centre would have held
 * back it cannot know. So it shows the place of what endangers the crew, which is never held back; of all else no point. Pure.
 */
import { regionOf } from '../../core/desk/region.ts';
import { toldOf } from '../../core/desk/told.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { Moment } from '../../core/values/delivery.ts';
import { belowLod, isBelowLod } from '../../core/values/lod.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import type { Book, Entry } from './book.ts';
import { type Extent, extentFrom } from './extent.ts';
import type { PatrolGuest } from './guest.ts';
import { agoMs } from './moment.ts';

export type Direct = 'off' | 'safety' | 'all';

/** What needs no protection: that there is something, how grave, since when. The plain page has nothing else. */
export interface Bare {
  readonly kind: string;
  readonly severity: Alert['severity'];
  readonly over: boolean;
  /** Ms since it began; null: the clock does not know. */
  readonly sinceMs: number | null;
  /** Ms since the box said it last. */
  readonly saidMs: number | null;
  /** What the box says again went silent: nobody knows whether it still is. */
  readonly stale: boolean;
  readonly simulated: boolean;
}

export interface Listed extends Bare {
  readonly id: string;
  readonly family: Alert['family'];
  /** Null: the centre has not released it, and nothing may be said of it here. */
  readonly more: More | null;
}

export interface More {
  readonly certainty: Alert['certainty'];
  /** `unreleased`: a region that may hold dwellings, as what can be seen from the box; the centre has not released it. */
  readonly place:
    | { readonly is: 'point'; readonly lat: number; readonly lon: number; readonly ceM: number }
    | { readonly is: 'unreleased'; readonly extent: Extent | null }
    | null;
  readonly wind: { readonly fromDeg: number | null; readonly speedMs: number; readonly agoMs: number | null } | null;
  /** The highest since it began, and the limit: where it rests on one quantity, and so has a unit. */
  readonly peak: { readonly text: string; readonly limit: string } | null;
  readonly readings: readonly { readonly quantity: string; readonly text: string }[];
  readonly flags: readonly string[];
  readonly doubted: boolean;
  /** What the reader's own unit said here. */
  readonly said: Readonly<Record<'received' | 'seen' | 'acknowledged' | 'onScene' | 'reported', boolean>>;
  /** Other units that said here that they have it. */
  readonly others: readonly string[];
}

/** What the page draws. */
export interface PatrolAnswer extends PatrolGuest {
  readonly device: string;
  readonly direct: Exclude<Direct, 'off'>;
  /** Of the box: ages across a restart hang on it. `uncertaintyMs` null: nobody knows how wrong it is. */
  readonly clock: { readonly synced: boolean; readonly uncertaintyMs: number | null };
  readonly alerts: readonly Listed[];
}

export interface Looking {
  readonly direct: Direct;
  readonly now: Stamp;
  /** Where the box stands, if it was surveyed. */
  readonly box: { readonly lat: number; readonly lon: number } | null;
  readonly simulated: boolean;
}

/** Whether a patrol may see it whole and speak of it. */
export const isOpenTo = (direct: Direct, { family }: Pick<Alert, 'family'>): boolean =>
  direct === 'all' || (direct === 'safety' && family === 'safety');

export function bareOf({ alert }: Entry, { now, simulated }: Pick<Looking, 'now' | 'simulated'>): Bare {
  const { kind, severity, condition, since, at, expiresMs, flags } = alert;
  const saidMs = agoMs(at, now);
  const over = condition === 'cleared';
  return {
    ...{ kind, severity, over, saidMs, sinceMs: agoMs(since, now) },
    // The span that it was good for, counted by what cannot be set.
    stale: !over && (saidMs === null || saidMs > expiresMs - at.wallMs),
    simulated: simulated || flags.includes('simulated'),
  };
}

const mostReadings = 6;
const severities = ['critical', 'warning', 'info'] as const;

/** The most urgent first: what is not over, danger to the crew, severity, the newest. */
export function listOf(book: Book): readonly Entry[] {
  const rank = ({ alert }: Entry): number =>
    (alert.condition === 'cleared' ? 100 : 0) +
    (alert.family === 'safety' ? 0 : 10) +
    severities.indexOf(alert.severity);
  return [...book.values()].toReversed().toSorted((a, b) => rank(a) - rank(b));
}

export function shownTo(unit: string, entry: Entry, looking: Looking): Listed {
  const { alert } = entry;
  const { id, family } = alert;
  const more = isOpenTo(looking.direct, alert) ? moreOf(unit, entry, looking) : null;
  return { ...bareOf(entry, looking), id, family, more };
}

function moreOf(unit: string, { alert, told }: Entry, looking: Looking): More {
  const said = toldOf(told, unit);
  const isThere = (one: Moment | null | undefined): boolean => (one ?? null) !== null;
  return {
    certainty: alert.certainty,
    place: placeOf(alert, looking),
    wind: windOf(alert, looking.now),
    peak: peakOf(alert),
    readings: alert.because.evidence
      .flatMap(({ quantity, value, unit: of, lod }) =>
        value === null ? [] : [{ quantity, text: isBelowLod(value, lod) ? belowLod : shownValue(value, of) }],
      )
      .slice(0, mostReadings),
    flags: alert.flags.filter((one) => one !== 'simulated').slice(0, 16),
    doubted: (alert.doubts?.length ?? 0) > 0,
    said: {
      received: isThere(said?.received),
      seen: isThere(said?.seen),
      acknowledged: isThere(said?.acknowledged),
      onScene: isThere(said?.onScene),
      reported: isThere(said?.reported),
    },
    others: told.filter((one) => one.unit !== unit && one.acknowledged !== null).map((one) => one.unit),
  };
}

const shownValue = (value: number, unit: string): string => `${Number(value.toPrecision(3))} ${unit}`;

function peakOf({ because: { evidence, peak, threshold, model } }: Alert): More['peak'] {
  const [only, ...others] = evidence;
  if (!only || others.length > 0 || model) return null;
  return { text: shownValue(peak, only.unit), limit: shownValue(threshold, only.unit) };
}

function placeOf(alert: Alert, { box }: Looking): More['place'] {
  const { where } = alert;
  if (alert.family === 'safety') return where && { is: 'point', lat: where.lat, lon: where.lon, ceM: where.ceM };
  const region = regionOf(alert);
  if (!region) return null;
  return { is: 'unreleased', extent: box && extentFrom(box, region) };
}

function windOf({ plume, at }: Alert, now: Stamp): More['wind'] {
  const latest = plume?.latest;
  if (!latest) return null;
  const ago = agoMs(at, now);
  const { fromDeg, speedMs, untilMs } = latest;
  return { fromDeg, speedMs, agoMs: ago === null ? null : ago + Math.max(0, at.wallMs - untilMs) };
}
