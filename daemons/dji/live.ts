/** Livestreams that run (Cloud-API-Doc, "Dock 2 / Device Property", live_status), and which camera of this box reads them. */
import { isObject, numberOf } from './read.ts';
import { type DjiEvent, event } from './said.ts';

/** Video by video: whether it runs, and DJI's error code. */
export type Streams = Readonly<Record<string, string>>;

/** The documentation's docks stream two or three at once. */
const mostStreams = 16;

/** The camera reads where the media server is, by its own source; starting a stream is a command, and no part of this. */
export function streamsStep(
  before: Streams,
  list: unknown,
  camera: string | null,
): readonly [Streams, readonly DjiEvent[]] {
  if (!Array.isArray(list)) return [before, []];
  const now: Record<string, string> = {};
  for (const one of list.slice(0, mostStreams)) {
    const id = isObject(one) && typeof one.video_id === 'string' ? one.video_id.slice(0, 128) : null;
    if (id === null || !isObject(one)) continue;
    const [runs, error] = [numberOf(one.status) === 1, numberOf(one.error_status) ?? 0];
    now[id] = `${runs ? 'runs' : 'does not run'}${error === 0 ? '' : `, error ${error}`}`;
  }
  const who = camera === null ? 'no camera of this box reads it' : `camera ${camera} reads it from the media server`;
  const events = Object.entries(now)
    .filter(([id, says]) => before[id] !== says)
    .map(([id, says]) => event('live', 'info', `the livestream ${id} ${says}; ${who}`, { video: id, says, camera }));
  return [now, events];
}
