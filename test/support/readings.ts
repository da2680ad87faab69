import type { Reading } from '../../daemons/core/values/reading.ts';
import type { Stamp } from '../../daemons/core/values/stamp.ts';

/** A moment of an imaginary boot, `seconds` after its start. */
export const stampAt = (seconds: number): Stamp => ({
  wallMs: 1_767_225_600_000 + seconds * 1000,
  monoNs: seconds * 1e9,
  boot: '00000000-1111-2222-3333-444444444444',
  synced: true,
  uncertaintyMs: 5,
});

export const reading = (sensor: string, channel: string, value: number | null, seconds = 0): Reading => ({
  sensor,
  channel,
  at: stampAt(seconds),
  value,
  unit: '',
  flags: value === null ? ['timeout'] : [],
});
