/** Which calibration of the whole fleet is due when. Boxes are looked at one after another, in the background: there may be thousands. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Archive } from '../../core/ports/archive.ts';
import { isFault } from '../../core/ports/fault.ts';
import type { DeviceRecord } from '../../core/ports/records.ts';
import { type Calibrated, calibrationsOf } from '../calibrations.ts';

export interface Due extends Calibrated {
  readonly site: string;
  readonly device: string;
}

export interface DueList {
  /** Soonest first. */
  readonly rows: readonly Due[];
  readonly looked: number;
  readonly of: number;
  /** Unix ms of the end of the last whole look; null: the first goes on. */
  readonly atMs: number | null;
  readonly trouble: string | null;
}

export interface DueLook {
  /** As it is known now; begins a look where the last is old. */
  read(sees: (device: DeviceRecord) => boolean): DueList;
  /** Ends the look that goes on. */
  close(): Promise<void>;
}

/** A look is good for so long, in ms: calibrations change a few times a year. */
const freshMs = 600_000;

export function openDue(archive: Archive, devices: () => readonly DeviceRecord[], nowMs: () => number): DueLook {
  let rows = new Map<string, { readonly of: DeviceRecord; readonly due: readonly Due[] }>();
  let going: { looked: number; of: number } | null = null;
  let atMs: number | null = null;
  let trouble: string | null = null;
  let isClosed = false;
  let last: Promise<void> = Promise.resolve();

  const look = async (): Promise<void> => {
    const all = devices();
    going = { looked: 0, of: all.length };
    const found: typeof rows = new Map();
    try {
      for (const one of all) {
        found.set(`${one.site}/${one.device}`, { of: one, due: dueOf(one, await calibrationsOf(archive, one.device)) });
        going = { looked: found.size, of: all.length };
        // The first look shows what it has.
        if (atMs === null) rows = found;
        await breathe();
        if (isClosed) return;
      }
      rows = found;
      atMs = nowMs();
      trouble = null;
    } catch (error) {
      if (!isFault(error)) throw error;
      trouble = error.message;
    } finally {
      going = null;
    }
  };

  return {
    close: () => {
      isClosed = true;
      return last;
    },
    read: (sees) => {
      if (!going && (atMs === null || nowMs() - atMs > freshMs || nowMs() < atMs)) last = look();
      const seen = [...rows.values()].filter(({ of }) => sees(of));
      return {
        rows: seen.flatMap(({ due }) => due).toSorted((a, b) => a.validUntilMs - b.validUntilMs),
        ...(going ?? { looked: rows.size, of: rows.size }),
        ...{ atMs, trouble },
      };
    },
  };
}

type Box = Pick<DeviceRecord, 'site' | 'device' | 'birth'>;

/** The newest one of each sensor and quantity. What the box has no more, as its birth says, is due to nobody. */
export function dueOf({ site, device, birth }: Box, all: readonly Calibrated[]): readonly Due[] {
  const ids = Array.isArray(birth.sensors) ? birth.sensors.map((one: { id?: unknown } | null) => one?.id) : null;
  const newest = new Map<string, Calibrated>();
  for (const one of all) {
    if (ids && one.sensor !== undefined && !ids.includes(one.sensor)) continue;
    const key = `${one.sensor ?? ''} ${one.quantity}`;
    const before = newest.get(key);
    if (!before || one.atMs > before.atMs) newest.set(key, one);
  }
  return [...newest.values()].map((one) => ({ site, device, ...one }));
}
