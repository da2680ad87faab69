/** What is told at the start of what was found: a locked key, files that were mended, records that do not hold, no signature. */
import type { Calibrations } from '../core/ports/calibrations.ts';
import { recordEvents } from './record-event.ts';
import { type Said, unsignedEvent } from './sensor-event.ts';

export interface Found {
  readonly storageKey: { readonly state: string; readonly message?: string };
  readonly calibrations: Calibrations & { readonly notes: readonly string[] };
  /** Of the calibrations. */
  readonly file: string;
  /** Why nothing is signed; null when all is. */
  readonly unsigned: string | null;
}

export const startEvents = ({ storageKey, calibrations, file, unsigned }: Found): readonly Said[] => [
  ...(storageKey.state === 'locked'
    ? [event('storage-key-locked', 'error', storageKey.message ?? 'the storage key is locked')]
    : []),
  ...calibrations.notes.map((note) => event('storage-mended', 'warning', note)),
  ...recordEvents(file, calibrations),
  ...(unsigned === null ? [] : [unsignedEvent(unsigned)]),
];

const event = (type: string, severity: Said['severity'], message: string): Said => ({
  type,
  severity,
  message,
  detail: {},
});
