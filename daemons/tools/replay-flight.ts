/** `fieldpost replay-flight`: a flight log through the line that a drone's words go through, its track kept as a box keeps its own. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { observed } from '../core/feed/from-mavlink.ts';
import { observedInUlog, ulogTopics } from '../core/feed/from-ulog.ts';
import type { Observation } from '../core/feed/observation.ts';
import { noTrack, type Position, trackStep } from '../core/feed/pieces.ts';
import { freshTaking, take } from '../core/feed/take.ts';
import { decode } from '../core/mavlink/decode.ts';
import { framesOfTlog } from '../core/mavlink/tlog.ts';
import { Fault } from '../core/ports/fault.ts';
import { readUlog } from '../core/ulog/ulog.ts';
import type { DockEvent } from '../dock/said.ts';

interface Moment {
  readonly monoNs: number;
  readonly seen: Observation;
}

export interface Replayed {
  readonly events: readonly DockEvent[];
  readonly positions: number;
}

/** The track of a .tlog or .ulg as events. `system`: whose words count in a .tlog. Errors: Fault `absent`, `protocol`. */
export function replayFlight(file: string, system: number): Replayed {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new Fault('absent', `${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
  const from = { log: path.basename(file), sha256: hash('sha256', bytes, 'hex') };
  const moments = file.endsWith('.ulg') ? ofUlog(bytes) : ofTlog(bytes, system);
  let [taking, track, positions] = [freshTaking, noTrack, 0];
  const events: DockEvent[] = [];
  const on = (position: Position | null): void => {
    const [next, more] = trackStep(track, position, from);
    track = next;
    events.push(...more);
  };
  for (const { monoNs, seen } of moments) {
    const [next, told] = take(taking, seen, monoNs);
    taking = next;
    for (const one of told) {
      if (one.kind !== 'position') continue;
      positions += 1;
      on(one);
    }
  }
  on(null);
  return { events, positions };
}

function ofTlog(bytes: Uint8Array, system: number): readonly Moment[] {
  return framesOfTlog(bytes).flatMap(({ wallMs, frame }): Moment[] => {
    const seen = wallMs !== null && frame.system === system ? observed(decode(frame)) : null;
    return seen && wallMs !== null ? [{ monoNs: wallMs * 1e6, seen }] : [];
  });
}

/** Topics stand in a log as they were written: each a little late, and not in the order of their times. */
function ofUlog(bytes: Uint8Array): readonly Moment[] {
  const moments = readUlog(bytes, ulogTopics).samples.flatMap((sample): Moment[] => {
    const seen = observedInUlog(sample);
    return seen ? [{ monoNs: sample.timeUs * 1000, seen }] : [];
  });
  return moments.sort((a, b) => a.monoNs - b.monoNs);
}
