/** A proposed flight as a picture: the post, the way there and back, the transects, and the wind. North is up. */
import type { FlightPlace, FlightStory } from '../../core/values/flight.ts';
import { svg } from './dom.ts';
import { formatMetres } from './format.ts';
import { scaleFor } from './map/shape.ts';
import { arrow } from './plume-block.ts';
import { say } from './text.ts';

const sidePx = 320;
/** Of a degree of latitude; over some kilometres the ground is level enough for a picture. */
const degreeM = 111_195;

interface Metres {
  readonly x: number;
  readonly y: number;
}

const offsets = ({ home, path }: FlightStory): readonly Metres[] => {
  const east = degreeM * Math.cos((home.lat * Math.PI) / 180);
  return path.map(({ lat, lon }) => ({ x: (lon - home.lon) * east, y: -(lat - home.lat) * degreeM }));
};

/** The whole way in order: from home along the transects, and home again. */
export const wayOf = ({ home, path }: FlightStory): readonly FlightPlace[] => [home, ...path, home];

export function lengthM(story: FlightStory): number {
  const way = [{ x: 0, y: 0 }, ...offsets(story), { x: 0, y: 0 }];
  return way.slice(1).reduce((sum, { x, y }, i) => sum + Math.hypot(x - (way[i]?.x ?? 0), y - (way[i]?.y ?? 0)), 0);
}

export function flightPicture(story: FlightStory): SVGElement {
  const ends = offsets(story);
  const all = [{ x: 0, y: 0 }, ...ends];
  const [xs, ys] = [all.map(({ x }) => x), all.map(({ y }) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const side = 1.35 * Math.max(right - left, bottom - top, 20);
  const unit = side / sidePx;
  const [cornerX, cornerY] = [(left + right - side) / 2, (top + bottom - side) / 2];
  const transects = Array.from({ length: Math.floor(ends.length / 2) }, (_, i) => [ends[2 * i], ends[2 * i + 1]]);
  const between = [{ x: 0, y: 0 }, ...ends, { x: 0, y: 0 }].map(({ x, y }) => `${x} ${y}`).join('L');
  const { metres, px } = scaleFor(unit, 110);
  const [scaleX, scaleY] = [cornerX + 10 * unit, cornerY + side - 10 * unit];
  return svg(
    'svg',
    {
      class: 'flight-picture',
      attrs: {
        viewBox: `${cornerX} ${cornerY} ${side} ${side}`,
        role: 'img',
        'aria-label': say('flight.picture', { n: transects.length, deg: Math.round(story.fromDeg) % 360 }),
      },
    },
    svg('path', { class: 'flight-way', attrs: { d: `M${between}` } }),
    ...transects.map(([a, b]) =>
      svg('path', { class: 'flight-leg', attrs: { d: `M${a?.x} ${a?.y}L${b?.x} ${b?.y}` } }),
    ),
    svg('rect', {
      class: 'plume-post',
      attrs: { x: -4 * unit, y: -4 * unit, width: 8 * unit, height: 8 * unit },
    }),
    arrow(cornerX + side - 52 * unit, cornerY + side - 52 * unit, story.fromDeg, unit),
    svg('path', { class: 'plume-scale', attrs: { d: `M${scaleX} ${scaleY}h${px * unit}` } }),
    svg(
      'text',
      { class: 'plume-text', attrs: { x: scaleX, y: scaleY - 5 * unit, 'font-size': 11 * unit } },
      formatMetres(metres),
    ),
    svg(
      'text',
      { class: 'plume-text', attrs: { x: cornerX + side - 16 * unit, y: cornerY + 16 * unit, 'font-size': 12 * unit } },
      say('plume.north'),
    ),
  );
}
