/** A flight log as what the box's feed would have told of it, in the log's own time. Pure. */
import { decode } from '../mavlink/decode.ts';
import { framesOfTlog } from '../mavlink/tlog.ts';
import { readUlog } from '../ulog/ulog.ts';
import { observed } from './from-mavlink.ts';
import { observedInUlog, ulogTopics } from './from-ulog.ts';
import type { Observation } from './observation.ts';
import { freshTaking, type Told, take } from './take.ts';
import type { Tracks } from './track.ts';

interface Moment {
  readonly monoNs: number;
  readonly seen: Observation;
}

/**
 * Everything told, in order. Times are ns: of a .tlog since 1970, by the ground station that wrote it; of a .ulg since the
 * autopilot began. `system`: whose words count in a .tlog. Errors: Fault `protocol` for what is no .ulg.
 */
export function toldIn(bytes: Uint8Array, file: string, system: number): readonly Told[] {
  const moments = file.endsWith('.ulg') ? ofUlog(bytes) : ofTlog(bytes, system);
  let taking = freshTaking;
  return moments.flatMap(({ monoNs, seen }) => {
    const [next, told] = take(taking, seen, monoNs);
    taking = next;
    return told;
  });
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

/** The whole flight, where a box keeps its last seconds. */
export function tracksIn(told: readonly Told[]): Tracks {
  const of = <K extends 'position' | 'attitude' | 'gimbal'>(kind: K) =>
    told.flatMap((one) => (one.kind === kind ? [{ segment: (one as { segment: number }).segment, fix: one }] : []));
  return { position: of('position'), attitude: of('attitude'), gimbal: of('gimbal') } as unknown as Tracks;
}
