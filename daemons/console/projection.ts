/** What one audience is told of the console's copy of the store: whole, and change by change, the same bytes for all of it. */
import { randomBytes } from 'node:crypto';
import type { AlertRecord, Changes, DeviceRecord } from '../core/ports/records.ts';
import { type Audience, alertFor, presenceOnly, tellsAlert, tellsDevice } from './audience.ts';
import type { Frame } from './feed.ts';
import { countBeyond, type Snapshot, slim } from './snapshot.ts';
import { partsOf, type WholeState, wholeText } from './state-parts.ts';

/** One event of the stream. JSON text has no raw line break, so it is always one `data:` line. */
export const sseEvent = (event: string, json: string | Buffer, id?: string): Buffer =>
  Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`);

/** Whole states that are kept for clients in the midst of them. */
const mostWholes = 3;

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
  let whole: WholeState | null = null;
  let wholeJson: Buffer | null = null;
  /** Parts of the newest whole states, by the cursor that each starts from: who is in the midst of one goes on. */
  let parts: readonly { readonly of: string; readonly frames: ReadonlyMap<string, Frame> }[] = [];
  /** Alerts that were told and may have to be taken back. Whoever is told all is never told that one is gone. */
  const held = new Set<string>();
  if (!isWhole) for (const [id, record] of told().snapshot.alerts) if (tellsAlert(audience, record)) held.add(id);

  const asTold = (record: AlertRecord): AlertRecord => alertFor(audience, record);
  const keyOf = ({ site, device }: Pick<AlertRecord, 'site' | 'device'>): string => `${site}/${device}`;
  /** Boxes of alerts that are told. */
  const ownBoxes = (alerts: Iterable<AlertRecord>): DeviceRecord[] => {
    const keys = new Set([...alerts].map(keyOf));
    return [...keys].flatMap((key) => told().snapshot.devices.get(key) ?? []);
  };
  const devicesOf = (devices: Iterable<DeviceRecord>, alerts: readonly AlertRecord[]): DeviceRecord[] => {
    if (audience.devices === 'all') return [...devices].filter((one) => tellsDevice(audience, one)).map(slim);
    return ownBoxes(alerts).map(presenceOnly);
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
    const json = JSON.stringify({
      cursor,
      beyond: beyond(),
      alerts: alerts.map(asTold),
      devices,
      ...(gone.length > 0 && { gone }),
    });
    remember(named(at), { to: cursor, bytes: sseEvent('changes', json, cursor) });
    at = to;
    whole = null;
    return true;
  };

  const wholeState = (): WholeState => {
    if (whole) return whole;
    const { snapshot, complete } = told();
    const all = [...snapshot.alerts.values()];
    const alerts = isWhole ? all : all.filter((record) => tellsAlert(audience, record));
    const devices = devicesOf(snapshot.devices.values(), alerts);
    whole = { cursor: named(at), complete, beyond: beyond(), alerts: alerts.map(asTold), devices };
    wholeJson = null;
    return whole;
  };

  /** The first part of the whole state; the others follow from its cursor. */
  const firstPart = (): Frame => {
    const of = named(at);
    const known = parts.find((one) => one.of === of)?.frames ?? framesOf(of);
    return known.get('') as Frame;
  };
  const framesOf = (of: string): ReadonlyMap<string, Frame> => {
    const texts = partsOf(wholeState());
    const frames = new Map(
      texts.map((text, i): [string, Frame] => {
        // Only the last one is a place that a client can come back to.
        const isLast = i === texts.length - 1;
        const bytes = sseEvent(i === 0 ? 'state' : 'changes', text, isLast ? of : undefined);
        return [i === 0 ? '' : `${of}.${i}`, { to: isLast ? of : `${of}.${i + 1}`, bytes }];
      }),
    );
    parts = [{ of, frames }, ...parts].slice(0, mostWholes);
    return frames;
  };
  const partAt = (cursor: string): Frame | undefined =>
    parts.map(({ frames }) => frames.get(cursor)).find((frame) => frame !== undefined);

  return {
    get cursor() {
      return named(at);
    },
    take,
    state: () => {
      const state = wholeState();
      wholeJson ??= Buffer.from(wholeText(state));
      return wholeJson;
    },
    next: (cursor) => {
      if (cursor === named(at)) return null;
      const frame = cursor === null || cursor === '' ? undefined : (past.get(cursor) ?? partAt(cursor));
      return frame ?? firstPart();
    },
  };
}
