/** A whole state as texts: in one part where it is small, else the most urgent alerts first and the rest after them. Pure. */
import { byUrgency, isOpen } from '../core/desk/urgency.ts';
import type { AlertRecord, DeviceRecord } from '../core/ports/records.ts';

export interface WholeState {
  readonly cursor: string;
  readonly complete: boolean;
  readonly beyond: { readonly open: number; readonly unacknowledged: number };
  readonly alerts: readonly AlertRecord[];
  /** As they are told. */
  readonly devices: readonly DeviceRecord[];
}

export interface PartLimits {
  /** A state of fewer characters goes in one part. */
  readonly small: number;
  /** Alerts of the first part: a page draws them while the rest is on its way. */
  readonly first: number;
  /** Characters of every other part: a page reads one within a frame. */
  readonly part: number;
}
export const partLimits: PartLimits = { small: 300_000, first: 100, part: 400_000 };

const texts = new WeakMap<object, string>();
/** A record never changes: its text is made once. */
function textOf(record: AlertRecord | DeviceRecord): string {
  const known = texts.get(record) ?? JSON.stringify(record);
  texts.set(record, known);
  return known;
}

const keyOf = ({ site, device }: Pick<AlertRecord, 'site' | 'device'>): string => `${site}/${device}`;

interface Batch {
  readonly alerts: readonly AlertRecord[];
  readonly devices: readonly DeviceRecord[];
}

/** JSON of the whole, as GET /api/state gives it. */
export const wholeText = ({ alerts, devices, ...head }: WholeState): string => textWith(head, { alerts, devices });

const textWith = (head: object, { alerts, devices }: Batch): string =>
  `${JSON.stringify(head).slice(0, -1)},"alerts":[${alerts.map(textOf).join()}],"devices":[${devices.map(textOf).join()}]}`;

/**
 * The texts of the parts in order; put together they hold each record once. Every part but the last says `more`, and its `beyond`
 * counts what is still on its way, so that no number on a page is ever too small.
 */
export function partsOf(state: WholeState, limits: PartLimits = partLimits): readonly string[] {
  const { cursor, complete } = state;
  const batches = batchesOf(state, limits);
  let { open, unacknowledged } = state.beyond;
  const parts: string[] = [];
  for (let i = batches.length - 1; i >= 0; i--) {
    const batch = batches[i] ?? { alerts: [], devices: [] };
    const isLast = i === batches.length - 1;
    const beyond = { open, unacknowledged };
    parts.push(textWith(isLast ? { cursor, complete, beyond } : { complete, beyond, more: true }, batch));
    for (const record of batch.alerts) {
      if (isOpen(record)) open += 1;
      if (record.acknowledged === null) unacknowledged += 1;
    }
  }
  return parts.reverse();
}

function batchesOf({ alerts, devices }: WholeState, { small, first, part }: PartLimits): readonly Batch[] {
  let size = 0;
  for (const one of [...alerts, ...devices]) {
    size += textOf(one).length;
    if (size > small) break;
  }
  if (size <= small) return [{ alerts, devices }];
  const urgent = alerts.toSorted(byUrgency);
  const head = urgent.slice(0, first);
  const near = new Set(head.map(keyOf));
  // That anything is simulated is said from the first row on.
  const simulated = devices.find((one) => one.simulated);
  if (simulated) near.add(keyOf(simulated));
  return [
    { alerts: head, devices: devices.filter((one) => near.has(keyOf(one))) },
    ...cut(urgent.slice(first), part).map((some) => ({ alerts: some, devices: [] })),
    ...cut(
      devices.filter((one) => !near.has(keyOf(one))),
      part,
    ).map((some) => ({ alerts: [], devices: some })),
  ];
}

function cut<T extends AlertRecord | DeviceRecord>(records: readonly T[], most: number): readonly (readonly T[])[] {
  const batches: T[][] = [];
  let room = 0;
  for (const one of records) {
    const size = textOf(one).length;
    if (size > room || batches.length === 0) {
      batches.push([]);
      room = most;
    }
    batches.at(-1)?.push(one);
    room -= size;
  }
  return batches;
}
