/** A sortie from the technician's side: what is asked of the dock daemon, and its answer as text. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { askLine } from '../../core/adapters/lines.unix.ts';
import type { Place } from '../../core/feed/place.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { SortieAnswer } from '../../dock/sortie/desk.ts';
import type { SortieAsk } from '../../dock/sortie/request.ts';

const ring = z.array(z.tuple([z.number(), z.number()]).rest(z.number())).min(4);
const polygon = z.looseObject({ type: z.literal('Polygon'), coordinates: z.tuple([ring]) });
const feature = z.looseObject({ type: z.literal('Feature'), geometry: polygon });

/** Corners of the one polygon in a GeoJSON file (RFC 7946), without holes. Errors: Fault `config`. */
export function areaIn(file: string): readonly Place[] {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Fault('config', `${file}: cannot be read as JSON (${(error as Error).message})`, error);
  }
  const found = z.union([polygon, feature]).safeParse(read).data;
  if (!found)
    throw new Fault(
      'config',
      `${file}: must be a GeoJSON Polygon of one ring, or a Feature with one; nothing was asked`,
    );
  const { coordinates } = found.type === 'Feature' ? found.geometry : found;
  // The first place of a ring stands at its end once more.
  return coordinates[0].slice(0, -1).map(([lon, lat]) => ({ lat, lon }));
}

/** Longest answer: a sortie with a hundred corners and what its payload showed. */
const longestAnswer = 256 * 1024;

/** Errors: Fault `absent` when the dock daemon does not run there, `refused` when it takes no sorties. */
export async function askSortie(state: string, asked: SortieAsk): Promise<SortieAnswer> {
  const said = JSON.parse(await askLine(path.join(state, 'dock.sock'), JSON.stringify(asked), longestAnswer)) as
    | ({ readonly say: 'sortie' } & SortieAnswer)
    | { readonly say: 'refused'; readonly message: string };
  if (said.say === 'refused') throw new Fault('refused', said.message);
  return said;
}

const when = (ms: number): string => new Date(ms).toISOString().slice(0, 19).concat('Z');

export function sortieAsText({ told, sortie, capture }: SortieAnswer): readonly string[] {
  if (!sortie) return [...told, 'no sortie is open; nothing is captured'];
  const { id, reference, phase, area, flights, after, purgedBy } = sortie;
  return [
    ...told,
    `${id}  order ${reference}  ${phase}  area of ${area.length} corners`,
    ...flights.map(({ upMs, downMs }) => `  flew ${when(upMs)} to ${downMs === null ? '...' : when(downMs)}`),
    ...(after?.shifts ?? []).map(
      (one) =>
        `  ${one.part}: zero ${one.before.toPrecision(3)} -> ${one.after.toPrecision(3)} ${one.unit}, may move by ${one.most}: ${one.isBeyond ? 'TOO FAR, its alerts are in doubt' : 'good'}`,
    ),
    ...(purgedBy === null ? [] : [`  purged by ${purgedBy}`]),
    `  ${capture?.open ? 'capturing' : `nothing is captured: ${capture?.why ?? 'not known'}`}`,
  ];
}
