/** Where the drone of a dock flew, out of the events that its box kept: one line a segment, in the order in which it was told. */
import * as z from 'zod';
import type { Archive } from '../core/ports/archive.ts';
import { isFault } from '../core/ports/fault.ts';
import type { FlightPlace } from '../core/values/flight.ts';
import { parseEnvelope } from '../core/wire/envelope.ts';
import { lat, lon } from '../core/wire/place.ts';

/** As the dock daemon calls them. */
const eventType = 'dock-track';
/** Some hours of flight. */
const mostEvents = 200;

const piece = z.looseObject({
  segment: z.number(),
  log: z.string().max(300).optional(),
  points: z.array(z.tuple([z.number(), lat, lon, z.number().nullable()])).max(1000),
});

export interface Tracks {
  readonly ways: readonly (readonly FlightPlace[])[];
  /** Logs that parts of it were replayed from. */
  readonly logs: readonly string[];
}

/** Errors: the store's Faults. */
export async function tracksOf(archive: Archive, device: string): Promise<Tracks> {
  const ways: FlightPlace[][] = [];
  const logs = new Set<string>();
  let before = '';
  for (const { spool, text } of [...(await archive.events(device, eventType, mostEvents))].reverse()) {
    const one = pieceIn(text);
    if (!one) continue;
    const places = one.points.map(([, pointLat, pointLon]) => ({ lat: pointLat, lon: pointLon }));
    const key = `${spool}/${one.log}/${one.segment}`;
    const last = ways.at(-1)?.at(-1);
    // A piece begins where the one before it ended; one that does not follows a restart or a flood.
    const goesOn = key === before && last?.lat === places[0]?.lat && last?.lon === places[0]?.lon;
    if (goesOn) ways.at(-1)?.push(...places.slice(1));
    else ways.push(places);
    if (one.log !== undefined) logs.add(one.log);
    before = key;
  }
  return { ways, logs: [...logs] };
}

function pieceIn(text: string): z.infer<typeof piece> | null {
  try {
    const { body } = parseEnvelope(text);
    return 'detail' in body && body.type === eventType ? (piece.safeParse(body.detail).data ?? null) : null;
  } catch (error) {
    // What was reduced by age has no body any more.
    if (!isFault(error)) throw error;
    return null;
  }
}
