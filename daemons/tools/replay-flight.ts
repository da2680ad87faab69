/** `fieldpost replay-flight`: a flight log through the line that a drone's words go through, its track kept as a box keeps its own. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { noTrack, type Position, trackStep } from '../core/feed/pieces.ts';
import { toldIn } from '../core/feed/recorded.ts';
import type { Told } from '../core/feed/take.ts';
import { Fault } from '../core/ports/fault.ts';
import type { DockEvent } from '../dock/said.ts';

export interface Replayed {
  readonly events: readonly DockEvent[];
  readonly positions: number;
}

/** What a .tlog or .ulg tells, and the bytes of it. `system`: whose words count in a .tlog. Errors: Fault `absent`, `protocol`. */
export function readFlight(
  file: string,
  system: number,
): { readonly bytes: Uint8Array; readonly told: readonly Told[] } {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new Fault('absent', `${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
  return { bytes, told: toldIn(bytes, file, system) };
}

/** The track of a .tlog or .ulg as events. Errors: as `readFlight`. */
export function replayFlight(file: string, system: number): Replayed {
  const { bytes, told } = readFlight(file, system);
  const from = { log: path.basename(file), sha256: hash('sha256', bytes, 'hex') };
  let [track, positions] = [noTrack, 0];
  const events: DockEvent[] = [];
  const on = (position: Position | null): void => {
    const [next, more] = trackStep(track, position, from);
    track = next;
    events.push(...more);
  };
  for (const one of told) {
    if (one.kind !== 'position') continue;
    positions += 1;
    on(one);
  }
  on(null);
  return { events, positions };
}
