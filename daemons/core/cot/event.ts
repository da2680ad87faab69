/**
 * Alerts as Cursor on Target events for TAK clients (MITRE, "Cursor on Target event schema" 2.0). TAK shows; it is not the record: an
 * event may be lost, shown twice or late, so each says the whole of what is known, under a uid that never changes.
 */
import { regionOf } from '../desk/region.ts';
import { spotAt } from '../geo/local.ts';
import { outerRings } from '../geo/rings.ts';
import type { AlertRecord } from '../ports/records.ts';
import type { CotEvent } from '../values/cot.ts';
import type { Where } from '../values/detection.ts';
import type { Rings } from '../values/plume.ts';
import { type Element, element, xmlText } from '../xml/text.ts';

export interface CotOptions {
  /** How long an event is good for without being said again, ms. */
  readonly freshMs: number;
}

/**
 * A spot on the map, and a drawn shape. Types of the tree "a-" (atoms) say whose side something is on: unknown, suspect, hostile. An
 * alert is a lead about a place and takes no side.
 */
const types = { spot: 'b-m-p-s-m', shape: 'u-d-f', erase: 't-x-d-d', ping: 't-x-c-t' } as const;
/** CoT's word for "not known" of heights and errors, metres. */
const unknownM = '9999999.0';
/** How it came to be known: by a machine's fix, by a machine's estimate, or typed in by a person who surveyed it. */
const hows: Readonly<Record<Where['source'], string>> = {
  gnss: 'm-g',
  plume: 'm-f',
  projected: 'm-f',
  surveyed: 'h-e',
};
/** Signed ARGB, as TAK writes colours: amber for a warning, red for a critical one, blue for information. */
const colours = { info: '-16776961', warning: '-23296', critical: '-65536' } as const;
/** A ring of more corners is thinned to so many: clients refuse long events. */
const mostCorners = 100;

export const spotUid = ({ site, alert }: AlertRecord): string => `fieldpost.${site}.${alert.id}`;
const regionUid = (record: AlertRecord): string => `${spotUid(record)}.region`;

/**
 * What a TAK client is told of an alert now: a spot with its error, and the region where one is known; the region alone where it touches a
 * dwelling. Empty where no place is known. Heights of alerts are not known, so none is told: above the sea or above the ellipsoid is then no question.
 */
export function cotEvents(record: AlertRecord, nowMs: number, options: CotOptions): readonly CotEvent[] {
  const { alert } = record;
  const { where } = alert;
  if (!where) return [];
  const staleMs = nowMs + options.freshMs;
  const rings = ringsOf(record);
  const spot = event(record, spotUid(record), types.spot, where, nowMs, staleMs, [
    element('contact', { callsign: callsign(record) }),
    element('color', { argb: colours[alert.severity] }),
    element('remarks', {}, remarks(record)),
  ]);
  if (!rings) return [spot];
  const isAtHome = (record.desk?.dwelling?.touches.length ?? 0) > 0;
  const region = event(record, regionUid(record), types.shape, where, nowMs, staleMs, [
    ...corners(rings).map((point) => element('link', { point })),
    element('contact', { callsign: `${callsign(record)} region` }),
    element('strokeColor', { value: colours[alert.severity] }),
    element('fillColor', { value: '0' }),
    element('remarks', {}, remarks(record)),
  ]);
  // Never a pin on a house: where a dwelling lies in the region, the region is all that is told.
  return isAtHome ? [region] : [spot, region];
}

/** Takes an alert off the map of whoever shows it: it was resolved, or may no longer be shown. */
export function cotErasures(record: AlertRecord, nowMs: number): readonly CotEvent[] {
  const staleMs = nowMs + eraseMs;
  return [spotUid(record), regionUid(record)].map((uid) => {
    const nowhere = { lat: 0, lon: 0, ceM: Number(unknownM), source: 'gnss' } as const;
    return event(record, `${uid}.erase`, types.erase, nowhere, nowMs, staleMs, [
      element('link', { uid, type: 'none', relation: 'none' }),
      element('__forcedelete'),
    ]);
  });
}
const eraseMs = 60_000;

function event(
  { alert, desk }: AlertRecord,
  uid: string,
  type: string,
  { lat, lon, ceM, source }: Where,
  nowMs: number,
  staleMs: number,
  detail: readonly Element[],
): CotEvent {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const drill = desk?.drill
    ? { opex: 'e-fieldpost' }
    : alert.flags.includes('simulated')
      ? { opex: 's-fieldpost' }
      : {};
  const attributes = { version: '2.0', uid, type, how: hows[source], ...drill };
  const times = { time: iso(nowMs), start: iso(nowMs), stale: iso(staleMs) };
  const ce = ceM >= Number(unknownM) ? unknownM : ceM.toFixed(1);
  const point = { lat: lat.toFixed(6), lon: lon.toFixed(6), hae: unknownM, ce, le: unknownM };
  return {
    uid,
    staleMs,
    xml: xmlText(
      element('event', { ...attributes, ...times }, element('point', point), element('detail', {}, ...detail)),
    ),
  };
}

/** Asks a TAK server whether it still hears us. */
export function pingOf(who: string, nowMs: number): CotEvent {
  const uid = `fieldpost.${who}.ping`;
  const staleMs = nowMs + eraseMs;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const times = { time: iso(nowMs), start: iso(nowMs), stale: iso(staleMs) };
  const point = element('point', { lat: '0', lon: '0', hae: unknownM, ce: unknownM, le: unknownM });
  const attributes = { version: '2.0', uid, type: types.ping, how: 'm-g', ...times };
  return { uid, staleMs, xml: xmlText(element('event', attributes, point, element('detail'))) };
}

/** Whether an answer to a ping is in what a server said. */
export const pongIn = (heard: string): boolean => /<event\b[^>]*\btype="t-x-c-t-r"/.test(heard);

/** Whatever is no real alert says so first. */
const mark = ({ alert, desk }: AlertRecord): string =>
  desk?.drill ? 'EXERCISE ' : alert.flags.includes('simulated') ? 'SIMULATED ' : '';
const callsign = (record: AlertRecord): string => `${mark(record)}${record.alert.kind} ${record.alert.id.slice(-6)}`;

/** For a person with ten seconds: what, how sure, since when, what it is not. */
function remarks(record: AlertRecord): string {
  const { alert, acknowledged } = record;
  const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [
    `${mark(record)}${alert.kind}: ${alert.severity}, ${alert.certainty}, ${alert.condition}.`,
    `Since ${utc(alert.since.wallMs)}${alert.since.synced ? '' : ' (clock of the box not certain)'}.`,
    `Post ${record.device}, site ${record.site}.`,
    acknowledged ? `Acknowledged ${utc(acknowledged.atMs)}.` : 'Not acknowledged.',
    'A lead for a person, not a verdict. The circle holds the place nine times in ten.',
  ].join(' ');
}

/** The 90 % region or the outline of a plot; the circle of the error where neither is known and a dwelling lies in it. */
function ringsOf({ alert, desk }: AlertRecord): Rings | null {
  const region = regionOf(alert);
  if (region && (region.rings[0]?.length ?? 0) > 1) return region.rings;
  return alert.where && desk?.dwelling?.touches.length ? [circle(alert.where)] : null;
}

const circle = ({ lat, lon, ceM }: Where): Rings[number] =>
  Array.from({ length: circleCorners + 1 }, (_, i) => {
    const angle = ((i % circleCorners) / circleCorners) * 2 * Math.PI;
    const spot = spotAt({ lat, lon }, [ceM * Math.cos(angle), ceM * Math.sin(angle)]);
    return [spot.lon, spot.lat] as const;
  });
const circleCorners = 32;

function corners(rings: Rings): readonly string[] {
  const outer = outerRings(rings)[0] ?? [];
  const step = Math.max(1, Math.ceil(outer.length / mostCorners));
  const kept = outer.filter((_, i) => i % step === 0);
  const closed =
    kept.length > 0 && String(kept[0]) !== String(kept.at(-1)) ? [...kept, kept[0] as readonly [number, number]] : kept;
  return closed.map(([lon, lat]) => `${lat.toFixed(6)},${lon.toFixed(6)}`);
}
