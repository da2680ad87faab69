/** What one audience is told of the console's copy of the store: whole, and change by change, the same bytes for all of it. */
import { randomBytes } from 'node:crypto';
import type { AlertRecord, Changes, DeviceRecord } from '../core/ports/records.ts';
import { type Audience, placeOnly, tellsAlert, tellsDevice } from './audience.ts';
import type { Frame } from './feed.ts';
import { countBeyond, type Snapshot, slim } from './snapshot.ts';

/** One event of the stream. JSON text has no raw line break, so it is always one `data:` line. */
export const sseEvent = (event: string, json: string | Buffer, id?: string): Buffer =>
  Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`);

export interface Projection {
  readonly cursor: string;
  /** Takes changes that are in the snapshot already; false: there is nothing in them for this audience. */
  take(changes: Pick<Changes, 'alerts' | 'devices'>, to: number): boolean;
  next(cursor: string | null): Frame | null;
  state(): Buffer;
}

export interface Told {
  readonly snapshot: Snapshot;
  readonly complete: boolean;
}

/** A cursor is of one audience: who changes to another gets its whole state, and nothing of the other stays on a page. */
export function openProjection(told: () => Told, audience: Audience, from: number, pastMost: number): Projection {
  const run = randomBytes(4).toString('hex');
  const named = (cursor: number): string => `${run}-${cursor}`;
  const isWhole = audience.alerts === 'all' && audience.devices === 'all' && audience.site === null;
  let at = from;
  /** By the cursor that each starts from, oldest first. */
  const past = new Map<string, Frame>();
  let pastBytes = 0;
  let whole: { readonly json: Buffer; frame: Frame | null } | null = null;
  /** Alerts that were told and may have to be taken back. Whoever is told all is never told that one is gone. */
  const held = new Set<string>();
  if (!isWhole) for (const [id, record] of told().snapshot.alerts) if (tellsAlert(audience, record)) held.add(id);

  const keyOf = ({ site, device }: Pick<AlertRecord, 'site' | 'device'>): string => `${site}/${device}`;
  /** Boxes of alerts that are told. */
  const ownBoxes = (alerts: Iterable<AlertRecord>): DeviceRecord[] => {
    const keys = new Set([...alerts].map(keyOf));
    return [...keys].flatMap((key) => told().snapshot.devices.get(key) ?? []);
  };
  const devicesOf = (devices: Iterable<DeviceRecord>, alerts: readonly AlertRecord[]): DeviceRecord[] => {
    if (audience.devices === 'all') return [...devices].filter((one) => tellsDevice(audience, one)).map(slim);
    return ownBoxes(alerts).map(placeOnly);
  };
  const beyond = () => (isWhole ? countBeyond(told().snapshot) : { open: 0, unacknowledged: 0 });

  const remember = (start: string, frame: Frame): void => {
    past.set(start, frame);
    pastBytes += frame.bytes.length;
    for (const [oldest, { bytes }] of past) {
      if (pastBytes <= pastMost) break;
      past.delete(oldest);
      pastBytes -= bytes.length;
    }
  };

  const take: Projection['take'] = (changes, to) => {
    const alerts = isWhole ? changes.alerts : changes.alerts.filter((record) => tellsAlert(audience, record));
    const gone: string[] = [];
    if (!isWhole) {
      for (const { alert } of alerts) held.add(alert.id);
      const still = new Set(alerts.map(({ alert }) => alert.id));
      for (const { alert } of changes.alerts) if (!still.has(alert.id) && held.delete(alert.id)) gone.push(alert.id);
    }
    const moved = new Set(changes.devices.map(keyOf));
    const around =
      audience.devices === 'all'
        ? alerts
        : [
            ...alerts,
            ...[...told().snapshot.alerts.values()].filter((one) => held.has(one.alert.id) && moved.has(keyOf(one))),
          ];
    const devices = devicesOf(changes.devices, around);
    if (alerts.length + devices.length + gone.length === 0) return false;
    const cursor = named(to);
    const json = JSON.stringify({ cursor, beyond: beyond(), alerts, devices, ...(gone.length > 0 && { gone }) });
    remember(named(at), { to: cursor, bytes: sseEvent('changes', json, cursor) });
    at = to;
    whole = null;
    return true;
  };

  const wholeState = () => {
    if (whole) return whole;
    const { snapshot, complete } = told();
    const all = [...snapshot.alerts.values()];
    const alerts = isWhole ? all : all.filter((record) => tellsAlert(audience, record));
    const devices = devicesOf(snapshot.devices.values(), alerts);
    const json = Buffer.from(JSON.stringify({ cursor: named(at), complete, beyond: beyond(), alerts, devices }));
    whole = { json, frame: null };
    return whole;
  };

  return {
    get cursor() {
      return named(at);
    },
    take,
    state: () => wholeState().json,
    next: (cursor) => {
      if (cursor === named(at)) return null;
      const frame = cursor === null ? undefined : past.get(cursor);
      if (frame) return frame;
      const state = wholeState();
      state.frame ??= { to: named(at), bytes: sseEvent('state', state.json, named(at)) };
      return state.frame;
    },
  };
}
