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
}

/** As it comes over the stream: the whole state, or what changed. */
export interface News {
  readonly alerts: readonly AlertRecord[];
  readonly devices: readonly DeviceRecord[];
  readonly complete?: boolean;
  readonly beyond?: Board['beyond'];
  /** Ids that this page may not see any more. */
  readonly gone?: readonly string[];
}

export const emptyBoard: Board = {
  alerts: new Map(),
  devices: new Map(),
  complete: true,
  beyond: { open: 0, unacknowledged: 0 },
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
  if (!whole && news.devices.length === 0) return { ...board, alerts, beyond };
  const devices = new Map(whole ? [] : board.devices);
  for (const record of news.devices) devices.set(deviceKey(record), record);
  return { alerts, devices, complete: whole ? news.complete !== false : board.complete, beyond };
}

export const isSimulated = (board: Board, record: AlertRecord): boolean =>
  record.alert.flags.includes('simulated') || board.devices.get(deviceKey(record))?.simulated === true;

/** Whether anything on the page is simulated: then the whole page says so. */
export const anySimulated = (board: Board): boolean =>
  [...board.devices.values()].some((device) => device.simulated) ||
  [...board.alerts.values()].some((record) => record.alert.flags.includes('simulated'));
