import type { Alert } from '../../../core/values/alert.ts';
import { type DeviceRecord, isSimulated } from '../board.ts';
import { svg } from '../dom.ts';
import { type Model, shownAlerts } from '../model.ts';
import { severityIcon } from '../shapes.ts';
import { say } from '../text.ts';
import { seenTracks } from '../track.ts';
import { gatherPlaces, type Place } from './places.ts';
import { plainPlume, plainWind } from './plain-plume.ts';
import { type Line, plotLines } from './plot-shape.ts';
import { degreeLabel, type Grid, movedTo } from './shape.ts';

const markPx = 26;
/** Metres in a degree of latitude. */
export const degreeM = 111_195;

/** A group whose inside is in pixels, whatever the scale of the map: `unit` is the degrees of one pixel. */
const inPixels = (
  where: { lat: number; lon: number },
  unit: number,
  name: string,
  ...inside: (SVGElement | false)[]
): SVGElement => svg('g', { class: name, attrs: { transform: `${movedTo(where)} scale(${unit})` } }, ...inside);

const text = (x: number, y: number, anchor: string, words: string): SVGElement =>
  svg('text', { class: 'plain-text', attrs: { x, y, 'text-anchor': anchor } }, words);

/** West, south, east and north of what is drawn, in degrees. */
export type Drawn = readonly [number, number, number, number];

/** Half a square of a device, px. */
const halfPx = 4;
/** Nearer than this a device has its name, in degrees a pixel. */
const namedFrom = 0.08;
/** More names than this cover each other. */
const mostNames = 200;

/** All devices of a state are one shape: thousands of elements would be laid out anew with every move of the map. */
function plainDevices(
  { board, device: open, selected }: Model,
  unit: number,
  [west, south, east, north]: Drawn,
): SVGElement[] {
  const squares = new Map<DeviceRecord['status'], string[]>();
  const names: SVGElement[] = [];
  const half = halfPx * unit;
  const chosen = open === null || selected !== null ? undefined : board.devices.get(open);
  for (const { where, status, device } of board.devices.values()) {
    if (!where || where.lon < west || where.lon > east || where.lat < south || where.lat > north) continue;
    const of = squares.get(status) ?? [];
    squares.set(status, of);
    of.push(`M${where.lon - half} ${-where.lat - half}h${2 * half}v${2 * half}h${-2 * half}z`);
    if (unit < namedFrom && names.length < mostNames)
      names.push(inPixels(where, unit, 'plain-box', text(24, 4, 'start', device)));
  }
  if (chosen?.where)
    names.push(inPixels(chosen.where, unit, 'plain-box', svg('circle', { class: 'plain-chosen', attrs: { r: 23 } })));
  const shapes = [...squares].map(([status, of]) =>
    svg('path', { class: `plain-device plain-${status}`, attrs: { d: of.join('') } }),
  );
  return [...shapes, ...names];
}

/** Everything that Fieldpost knows, from the bottom up. Devices outside of `drawn` are left out. */
export function plainMarks(model: Model, unit: number, drawn: Drawn): SVGElement[] {
  const devices = plainDevices(model, unit, drawn);
  const places = gatherPlaces(shownAlerts(model), model.selected, model.nowMs);
  const regions = places.flatMap(({ records: [{ alert }] }) =>
    alert.where ? (plotRegions(alert) ?? [region(alert, alert.where)]) : [],
  );
  const firsts = places.map(({ records: [first] }) => first);
  const plumes = firsts.flatMap(({ alert }) => plainPlume(alert));
  const winds = firsts.flatMap((record) => plainWind(model, record, unit));
  const tracks = seenTracks(model.tracks, model.selected).map(({ kind, way }) => {
    const from = way[0] ?? { lat: 0, lon: 0 };
    return svg('polyline', {
      class: `plain-track plain-track-${kind}`,
      attrs: {
        transform: movedTo(from),
        points: way.map(({ lon, lat }) => `${lon - from.lon},${from.lat - lat}`).join(' '),
      },
    });
  });
  return [
    ...plumes,
    ...winds,
    ...tracks,
    ...devices,
    ...regions,
    ...places.map((place) => placeMark(model, place, unit)),
  ];
}

function plotRegions(alert: Alert): SVGElement[] | null {
  const from = alert.where ?? { lat: 0, lon: 0 };
  const closed = (line: Line): SVGElement =>
    svg('polygon', {
      class: `plain-region shape-${alert.severity}`,
      attrs: {
        transform: movedTo(from),
        points: line.map(([lon, lat]) => `${lon - from.lon},${from.lat - lat}`).join(' '),
      },
    });
  return plotLines(alert)?.map(closed) ?? null;
}

function region({ severity }: Alert, { lat, lon, ceM, source }: NonNullable<Alert['where']>): SVGElement {
  const high = ceM / degreeM;
  const wide = high / Math.max(0.05, Math.cos((lat * Math.PI) / 180));
  return svg('ellipse', {
    class: `plain-region shape-${severity}${source === 'plume' ? ' plain-located' : ''}`,
    attrs: { transform: movedTo({ lat, lon }), rx: wide, ry: high },
  });
}

function placeMark(model: Model, place: Place, unit: number): SVGElement {
  const [record] = place.records;
  const { alert, acknowledged } = record;
  const icon = severityIcon(alert.severity, alert.condition === 'cleared', say(`severity.${alert.severity}.letter`));
  const box = { x: -markPx / 2, y: -markPx / 2, width: markPx, height: markPx };
  for (const [name, value] of Object.entries(box)) icon.setAttribute(name, String(value));
  const ring = (name: string, r: number): SVGElement => svg('circle', { class: name, attrs: { r } });
  const words = [
    place.records.length > 1 ? say('map.more', { n: place.records.length }) : null,
    isSimulated(model.board, record) ? say('simulated.tag') : null,
  ].filter((one) => one !== null);
  const mark = inPixels(
    place,
    unit,
    'plain-mark',
    icon,
    acknowledged === null && ring(`plain-ring shape-${alert.severity}`, 19),
    acknowledged !== null && text(15, 15, 'middle', '✓'),
    alert.id === model.selected && ring('plain-chosen', 23),
    ...words.map((one, i) => text(0, 38 + 13 * i, 'middle', one)),
  );
  mark.setAttribute('data-alert', alert.id);
  return mark;
}

/** Degrees along the top and the left edge of [x, y, width, height]. */
/** A letter of a label and the least room between two, px: longer words of a language stand at fewer lines. */
const [letterPx, apartPx] = [7.5, 12];
const stepOf = ([first = 0, second = first + 360]: readonly number[]): number => second - first;

export function gridLabels(grid: Grid, [x, y]: readonly [number, number, number, number], unit: number): SVGElement[] {
  const at = (lon: number, lat: number): { lat: number; lon: number } => ({ lat, lon });
  const around = (lon: number): number => ((((lon + 180) % 360) + 360) % 360) - 180;
  return [
    ...grid.meridians.flatMap((lon) => {
      const words = degreeLabel(around(lon), say('compass.east'), say('compass.west'), grid.decimals);
      const every = Math.ceil((words.length * letterPx + apartPx) / (stepOf(grid.meridians) / unit));
      if (Math.round(lon / stepOf(grid.meridians)) % every !== 0) return [];
      return inPixels(at(lon, -y - 64 * unit), unit, 'plain-degree', text(0, 0, 'middle', words));
    }),
    ...grid.parallels.map((lat) =>
      inPixels(
        at(x + 8 * unit, lat),
        unit,
        'plain-degree',
        text(0, 4, 'start', degreeLabel(lat, say('compass.north'), say('compass.south'), grid.decimals)),
      ),
    ),
  ];
}
