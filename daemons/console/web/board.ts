import type { AlertRecord, DeviceRecord } from '../../core/ports/records.ts';

export type { AlertRecord, DeviceRecord };

/** What the page knows; `update` replaces it by value, so that a view can tell what changed. */
export interface Board {
  readonly alerts: ReadonlyMap<string, AlertRecord>;
  readonly devices: ReadonlyMap<string, DeviceRecord>;
  /** False when the centre holds more alerts than it sends. */
  readonly complete: boolean;
  /** How many wait at the centre beyond those. */
  readonly beyond: { readonly open: number; readonly unacknowledged: number };
  /** More of the same state is on its way. */
  readonly arriving: boolean;
}

/** As it comes over the stream: the whole state, or what changed. */
export interface News {
  readonly alerts: readonly AlertRecord[];
  readonly devices: readonly DeviceRecord[];
  readonly complete?: boolean;
  readonly beyond?: Board['beyond'];
  /** A large state comes in parts; this is not the last. */
  readonly more?: boolean;
  /** Ids that this page may not see any more. */
  readonly gone?: readonly string[];
}

export const emptyBoard: Board = {
  alerts: new Map(),
  devices: new Map(),
  complete: true,
  beyond: { open: 0, unacknowledged: 0 },
  arriving: false,
};

export const deviceKey = ({ site, device }: { readonly site: string; readonly device: string }): string =>
  `${site}/${device}`;

/** The device that raised an alert; undefined where nobody told of it. */
export const deviceOf = (
  board: Board,
  record: { readonly site: string; readonly device: string },
): DeviceRecord | undefined => board.devices.get(deviceKey(record));

/** The board after `news`, which the centre sends in order; `whole` news replaces everything. */
export function applyNews(board: Board, news: News, whole: boolean): Board {
  const alerts = new Map(whole ? [] : board.alerts);
  for (const record of news.alerts) alerts.set(record.alert.id, record);
  for (const id of news.gone ?? []) alerts.delete(id);
  const beyond = news.beyond ?? board.beyond;
  const arriving = news.more === true;
  if (!whole && news.devices.length === 0) return { ...board, alerts, beyond, arriving };
  const devices = new Map(whole ? [] : board.devices);
  for (const record of news.devices) devices.set(deviceKey(record), record);
  return { alerts, devices, complete: whole ? news.complete !== false : board.complete, beyond, arriving };
}

/** What is shown, and what came of a state that is not shown yet. */
export interface Arriving {
  readonly shown: Board;
  readonly coming: Board | null;
}

/**
 * An empty page shows the first part at once. One that shows something keeps it until all of a new state is there: nothing on it
 * goes away for a moment and comes back.
 */
export function arrive({ shown, coming }: Arriving, news: News, whole: boolean): Arriving {
  const next = applyNews(coming ?? shown, news, whole);
  const isFirst = shown.arriving || (shown.alerts.size === 0 && shown.devices.size === 0);
  return next.arriving && !isFirst ? { shown, coming: next } : { shown: next, coming: null };
}

export const isSimulated = (board: Board, record: AlertRecord): boolean =>
  record.alert.flags.includes('simulated') || board.devices.get(deviceKey(record))?.simulated === true;

/** Whether anything on the page is simulated: then the whole page says so. */
export const anySimulated = (board: Board): boolean =>
  [...board.devices.values()].some((device) => device.simulated) ||
  [...board.alerts.values()].some((record) => record.alert.flags.includes('simulated'));
