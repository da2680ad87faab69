/** The call card: what a patrol has to know of an alert before it goes there, out of the record and of what is kept. Pure. */
import { regionOf } from '../../core/desk/region.ts';
import { metresTo, type Spot, spotAt } from '../../core/geo/local.ts';
import { outerRings } from '../../core/geo/rings.ts';
import type { AlertRecord } from '../../core/ports/records.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { Flag } from '../../core/values/flags.ts';
import type { Rings } from '../../core/values/plume.ts';
import { ppmOf, type Substance, substanceOf, unidentified } from './substances.ts';

/** `fromDeg` is where it comes FROM, from true north; null in a calm, where air has no direction. `atMs` by the box's clock. */
export interface CardWind {
  readonly fromDeg: number | null;
  readonly speedMs: number;
  readonly atMs: number;
  /** How the bearings lay about their mean, degrees; null where that is not known. */
  readonly spreadDeg: number | null;
}

export interface CallCard {
  readonly alert: string;
  readonly rev: number;
  /** By the centre's clock, when it was made. */
  readonly madeMs: number;
  readonly marks: readonly ('simulated' | 'drill' | 'doubted' | 'inhibited')[];
  /** What stands against it: `indication`, lawful sources of its kind, flags of what it rests on. */
  readonly against: readonly string[];
  /** Never a point: a circle of 50 m at the least. Null: no place is known. */
  readonly region: { readonly rings: Rings; readonly radiusM: number; readonly middle: Spot } | null;
  /** Whether the region touches a dwelling; `unknown`: it was not held against a layer of them. */
  readonly dwellings: 'none' | 'some' | 'unknown';
  readonly wind: { readonly around: CardWind | null; readonly now: CardWind | null };
  /** Where to come from: the bearing of the place as seen from upwind is `headDeg`; the point lies a stand-off beyond the region. */
  readonly approach: { readonly by: 'around' | 'now'; readonly headDeg: number; readonly point: Spot } | null;
  /** Why no approach is told. */
  readonly noApproach: 'no-region' | 'no-wind' | 'old-wind' | 'calm' | null;
  /** From the edge of the region, in all directions. */
  readonly standOff: {
    readonly metres: number;
    readonly guide: number;
    /** What the guide of the substance that the alert names says, beside that of the unidentified. */
    readonly named: { readonly substance: string; readonly guide: number; readonly metres: number } | null;
  };
  /** The highest value that was told of the substance; null: not measured. */
  readonly peak: {
    readonly quantity: string;
    readonly value: number;
    readonly unit: string;
    readonly idlh: { readonly ppm: number; readonly isLel: boolean; readonly share: number } | null;
  } | null;
  /** IDLH of the substance that the alert names, whether or not it was measured; null: none is public, or none is named. */
  readonly idlh: { readonly substance: string; readonly ppm: number; readonly isLel: boolean } | null;
}

/** GET /api/patrol */
export interface PatrolAnswer {
  readonly radio: string | null;
}

export interface CardParts {
  readonly record: AlertRecord;
  /** Every revision that is kept, in any order. */
  readonly revisions: readonly Alert[];
  readonly around: CardWind | null;
  readonly now: CardWind | null;
  readonly nowMs: number;
  /** Whether its box says that it is simulated. */
  readonly simulated: boolean;
}

export const leastRadiusM = 50;
/** A wind that was told longer ago gives no way to come: weather turns within that. */
export const oldestWindMs = 2 * 3_600_000;
const mostCorners = 60;

export function callCard({ record, revisions, around, now, nowMs, simulated }: CardParts): CallCard {
  const { alert, desk } = record;
  const named = substanceOf(alert.kind);
  const region = cardRegion(alert);
  const standOff = standOffOf(named);
  const wind = { around: around ?? plumeWind(alert), now };
  return {
    ...{ alert: alert.id, rev: alert.rev, madeMs: nowMs },
    marks: [
      ...(simulated || alert.flags.includes('simulated') ? (['simulated'] as const) : []),
      ...(desk?.drill ? (['drill'] as const) : []),
      ...(isDoubted(alert) ? (['doubted'] as const) : []),
      ...(alert.flags.includes('inhibited') ? (['inhibited'] as const) : []),
    ],
    against: againstOf(alert),
    region,
    dwellings: dwellingsOf(record),
    wind,
    ...approachOf(region, wind, standOff.metres, nowMs),
    standOff,
    peak: peakOf([...revisions, alert]),
    idlh: named && { substance: named.name, ppm: named.idlhPpm, isLel: named.isLel },
  };
}

const isDoubted = ({ flags, doubts }: Alert): boolean => flags.includes('check-failed') || (doubts?.length ?? 0) > 0;

/** Flags that say of themselves why less may be claimed. */
const weak: readonly Flag[] = [
  'uncalibrated',
  'calibration-expired',
  'check-failed',
  'inhibited',
  'not-measured',
  'clock',
];

function againstOf(alert: Alert): readonly string[] {
  const flags = [...alert.flags, ...(alert.because.evidence[0]?.flags ?? [])];
  const lawful = ['ammonia', 'acetone', 'toluene', 'ethanol', 'acid', 'crop-plot'].find((one) =>
    alert.kind.endsWith(one),
  );
  return [
    ...(alert.certainty === 'indication' ? ['indication'] : []),
    ...(lawful ? [`lawful.${lawful}`] : []),
    ...weak.filter((flag) => flags.includes(flag)).map((flag) => `flag.${flag}`),
  ];
}

function dwellingsOf({ desk }: AlertRecord): CallCard['dwellings'] {
  if (!desk?.dwelling) return 'unknown';
  return desk.dwelling.touches.length > 0 ? 'some' : 'none';
}

function cardRegion(alert: Alert): CallCard['region'] {
  const ground = regionOf(alert);
  const [first] = ground?.rings ?? [];
  if (!ground || !first?.[0]) return null;
  const isPoint = first.length < 3;
  const rings = isPoint ? [[first[0]]] : outerRings(ground.rings).map(thinned);
  const [lons, lats] = [(rings[0] ?? []).map(([lon]) => lon), (rings[0] ?? []).map(([, lat]) => lat)];
  const between = (values: readonly number[]): number => (Math.min(...values) + Math.max(...values)) / 2;
  // Across the antimeridian a mean of longitudes lies on the other side of the Earth.
  const isAcross = Math.max(...lons) - Math.min(...lons) > 180;
  const middle = { lat: between(lats), lon: isAcross ? (lons[0] ?? 0) : between(lons) };
  return { rings, radiusM: isPoint ? Math.max(leastRadiusM, ground.radiusM) : ground.radiusM, middle };
}

type Ring = Rings[number];
function thinned(ring: Ring): Ring {
  const step = Math.max(1, Math.ceil(ring.length / mostCorners));
  return ring.filter((_, i) => i % step === 0 || i === ring.length - 1);
}

/** How far a region reaches from its middle towards a bearing, metres. */
export function reachOf({ rings, radiusM, middle }: NonNullable<CallCard['region']>, bearingDeg: number): number {
  const [north, east] = unitOf(bearingDeg);
  const along = rings.flat().map(([lon, lat]) => {
    const [northM, eastM] = metresTo(middle, { lat, lon });
    return northM * north + eastM * east;
  });
  return Math.max(0, ...along) + radiusM;
}

const unitOf = (bearingDeg: number): readonly [number, number] => {
  const angle = (bearingDeg * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle)];
};

function approachOf(
  region: CallCard['region'],
  { around, now }: CallCard['wind'],
  standOffM: number,
  nowMs: number,
): Pick<CallCard, 'approach' | 'noApproach'> {
  const none = (noApproach: CallCard['noApproach']) => ({ approach: null, noApproach });
  if (!region) return none('no-region');
  const newest = now ?? around;
  if (!newest) return none('no-wind');
  if (nowMs - newest.atMs > oldestWindMs) return none('old-wind');
  const { fromDeg } = newest;
  if (fromDeg === null) return none('calm');
  const [north, east] = unitOf(fromDeg);
  const outM = reachOf(region, fromDeg) + standOffM;
  const point = spotAt(region.middle, [north * outM, east * outM]);
  return {
    approach: { by: now ? 'now' : 'around', headDeg: (fromDeg + 180) % 360, point },
    noApproach: null,
  };
}

/** The larger of what the unidentified and the named ask for: a name given by a model is no label on a drum. */
function standOffOf(named: Substance | null): CallCard['standOff'] {
  const larger = named && named.isolateM > unidentified.isolateM ? named : unidentified;
  return {
    metres: larger.isolateM,
    guide: larger.guide,
    named: named && { substance: named.name, guide: named.guide, metres: named.isolateM },
  };
}

/** The wind that a source estimate rests on. */
function plumeWind({ plume }: Alert): CardWind | null {
  if (!plume?.latest) return null;
  const { fromDeg, speedMs, untilMs } = plume.latest;
  return { fromDeg, speedMs, atMs: untilMs, spreadDeg: plume.wind.rows > 0 ? plume.wind.spreadDeg : null };
}

/**
 * The highest value over all revisions of a quantity that is a share of volume: a score of a model is no concentration. Where the score is the
 * reading itself, its peak counts too.
 */
function peakOf(alerts: readonly Alert[]): CallCard['peak'] {
  const told = alerts.flatMap(({ because, kind }) => {
    const [first] = because.evidence;
    const isReading = because.model === null && first?.value === because.score;
    const peak = isReading && first ? [{ ...first, value: because.peak }] : [];
    return [...because.evidence, ...peak].flatMap(({ quantity, value, unit }) => {
      const ppm = value === null ? null : ppmOf(value, unit);
      const about = substanceOf(quantity);
      if (value === null || ppm === null) return [];
      // Of more than one substance the one that the alert is about.
      return [{ quantity, value, unit, ppm, about, isNamed: about !== null && about === substanceOf(kind) }];
    });
  });
  const named = told.filter(({ isNamed }) => isNamed);
  const [highest] = (named.length > 0 ? named : told).toSorted((a, b) => b.ppm - a.ppm);
  if (!highest) return null;
  const { quantity, value, unit, ppm, about } = highest;
  return {
    ...{ quantity, value, unit },
    idlh: about && { ppm: about.idlhPpm, isLel: about.isLel, share: ppm / about.idlhPpm },
  };
}
