import type { AlertRecord, Changes, DeviceRecord } from '../core/ports/records.ts';

/** What the console knows, in order of change, oldest first. Owned by `feed.ts`, which alone changes it. */
export interface Snapshot {
  readonly alerts: Map<string, AlertRecord>;
  readonly devices: Map<string, DeviceRecord>;
}

export const emptySnapshot = (): Snapshot => ({ alerts: new Map(), devices: new Map() });

/** Takes the changes in: what changed moves to the end of the order. */
export function takeIn(snapshot: Snapshot, changes: Pick<Changes, 'alerts' | 'devices'>): void {
  for (const record of changes.alerts) {
    snapshot.alerts.delete(record.alert.id);
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
      surplus -= 1;
    }
  }
  return true;
}

const attention = (record: AlertRecord): number =>
  (record.alert.condition === 'cleared' ? 0 : 2) + (record.acknowledged ? 0 : 1);
