import { byUrgency, isOpen, sectionOf, severityRank } from '../../../core/desk/urgency.ts';
import type { AlertRecord, Board } from '../board.ts';
import { isAside } from '../order.ts';

/** What one mark on the map stands for: the alerts of one place, the most urgent first. */
export interface Place {
  readonly lat: number;
  readonly lon: number;
  readonly records: readonly [AlertRecord, ...AlertRecord[]];
}

/**
 * Alerts with a position, gathered by place: a fixed post raises many from the same spot, and marks that cover each other
 * hide what is under them. Cleared and acknowledged alerts are history and leave the map, and so do those put aside. Most urgent place last, on top.
 */
export function gatherPlaces(records: Iterable<AlertRecord>, selected: string | null, nowMs: number): Place[] {
  const places = new Map<string, [AlertRecord, ...AlertRecord[]]>();
  for (const record of [...records].sort(byUrgency)) {
    const { where, id, condition } = record.alert;
    if (!where) continue;
    if (condition === 'cleared' && record.acknowledged && id !== selected) continue;
    if (isAside(record, nowMs) && id !== selected) continue;
    const key = `${where.lat.toFixed(5)} ${where.lon.toFixed(5)}`;
    const there = places.get(key);
    if (!there) places.set(key, [record]);
    else if (id === selected) there.unshift(record);
    else there.push(record);
  }
  const all = [...places.values()].map((there): Place => {
    const { lat, lon } = there[0].alert.where ?? { lat: 0, lon: 0 };
    return { lat, lon, records: there };
  });
  return all.reverse();
}

/**
 * Most urgent highest: marks above hide marks below. Few values: MapLibre makes one drawing of all marks that have the same, and with
 * an age among them each mark was a drawing of its own.
 */
export const orderOf = (record: AlertRecord): number =>
  3 * (3 - sectionOf(record)) + 2 - severityRank[record.alert.severity];

/** Where something is open; where there is nothing open, every device. */
export function openSpots(board: Board): { readonly lat: number; readonly lon: number }[] {
  const spots = [...board.alerts.values()].filter(isOpen).flatMap(({ alert }) => (alert.where ? [alert.where] : []));
  if (spots.length > 0) return spots;
  return [...board.devices.values()].flatMap(({ where }) => (where ? [where] : []));
}
