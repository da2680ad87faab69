import type { AlertRecord, Changes, DeviceRecord } from '../core/ports/records.ts';

/** What the console knows, in order of change, oldest first. Owned by `feed.ts`, which alone changes it. */
export interface Snapshot {
  readonly alerts: Map<string, AlertRecord>;
  readonly devices: Map<string, DeviceRecord>;
  /** Of the alerts that were forgotten, those that still need somebody: how much, as `attention` says. */
  readonly beyond: Map<string, number>;
}

export const emptySnapshot = (): Snapshot => ({ alerts: new Map(), devices: new Map(), beyond: new Map() });

/**
 * What a page is sent of a box at first and with every change. A whole birth holds the curves of its model, some kilobytes:
 * with ten thousand boxes that would be most of the state, and nobody looks at more than a few.
 */
export function slim(record: DeviceRecord): DeviceRecord {
  const known = slimmed.get(record) ?? summaryOf(record);
  slimmed.set(record, known);
  return known;
}
const slimmed = new WeakMap<DeviceRecord, DeviceRecord>();

function summaryOf(record: DeviceRecord): DeviceRecord {
  const { version, sensors, dock } = record.birth;
  const birth = {
    ...(typeof version === 'string' && { version: version.slice(0, 100) }),
    ...(Array.isArray(sensors) && { sensors: sensors.length }),
    ...(dock === true && { dock }),
  };
  return { ...record, birth };
}

/** Takes the changes in: what changed moves to the end of the order. */
export function takeIn(snapshot: Snapshot, changes: Pick<Changes, 'alerts' | 'devices'>): void {
  for (const record of changes.alerts) {
    snapshot.alerts.delete(record.alert.id);
    snapshot.beyond.delete(record.alert.id);
    snapshot.alerts.set(record.alert.id, record);
  }
  for (const record of changes.devices) snapshot.devices.set(`${record.site}/${record.device}`, record);
}

/**
 * Forgets alerts beyond `limit` down to nine tenths of it: first the cleared and acknowledged ones, then the cleared, then
 * the acknowledged, oldest change first. The store keeps them all. Returns whether it forgot anything.
 */
export function shed(snapshot: Snapshot, limit: number): boolean {
  if (snapshot.alerts.size <= limit) return false;
  let surplus = snapshot.alerts.size - Math.floor(limit * 0.9);
  for (let need = 0; need <= 3 && surplus > 0; need++) {
    for (const [id, record] of snapshot.alerts) {
      if (surplus === 0) break;
      if (attention(record) !== need) continue;
      snapshot.alerts.delete(id);
      if (need > 0) snapshot.beyond.set(id, need);
      surplus -= 1;
    }
  }
  return true;
}

const attention = (record: AlertRecord): number =>
  (record.alert.condition === 'cleared' ? 0 : 2) + (record.acknowledged ? 0 : 1);

/** How many alerts wait beyond those that are held: a count on the page is of the store, never of what fits. */
export function countBeyond({ beyond }: Snapshot): { readonly open: number; readonly unacknowledged: number } {
  let [open, unacknowledged] = [0, 0];
  for (const need of beyond.values()) {
    if (need >= 2) open += 1;
    if (need % 2 === 1) unacknowledged += 1;
  }
  return { open, unacknowledged };
}
