import type { Archive } from '../ports/archive.ts';
import type { DeskStore } from '../ports/desk.ts';
import type { PatrolDesk } from '../ports/patrol-desk.ts';
import type { Envelope } from '../values/envelope.ts';
import { openArchiveAt, openDeskAt } from './centre.ts';

/** Newest events of each kind that are looked at: a boot has a few. */
const mostEvents = 100;

export interface OpenPatrolDesk extends PatrolDesk {
  close(): Promise<void>;
}

/** Opens the store of the centre with the first word that comes: most sites never have one. Errors: as `openDeskAt`. */
export function patrolDeskAt(where: string): OpenPatrolDesk {
  let desk: Promise<DeskStore> | null = null;
  let archive: Promise<Archive> | null = null;
  // What could not be opened is opened anew the next time.
  const opened = (): Promise<DeskStore> => {
    desk ??= openDeskAt(where).catch((error: unknown) => {
      desk = null;
      throw error;
    });
    return desk;
  };
  const archived = (): Promise<Archive> => {
    archive ??= openArchiveAt(where).catch((error: unknown) => {
      archive = null;
      throw error;
    });
    return archive;
  };
  return {
    act: async (wish) => (await opened()).act(wish),
    record: async (id) => (await opened()).record(id),
    clockEvents: async (device) => {
      const { events } = await archived();
      const filed = await Promise.all(
        ['clock-corrected', 'clock-suspended'].map((type) => events(device, type, mostEvents)),
      );
      return filed.flat().map(({ text }) => (JSON.parse(text) as Envelope<'event'>).body);
    },
    close: async () => {
      await (await desk)?.close();
      await (await archive)?.close();
    },
  };
}
