/** A small picture of a region, the stand-off around it, oneself and the wind; north is up. No map and no pin: what lies there is not on it. */
import { metresTo, type Spot } from '../../core/geo/local.ts';
import { type CallCard, reachOf } from '../patrol/card.ts';
import { svg } from '../web/dom.ts';
import { formatMetres } from '../web/format.ts';
import type { Own } from './place.ts';
import { say } from './words.ts';

const side = 300;
/** Farther than so many times the stand-off oneself would make the region a dot: an arrow at the edge then. */
const farthest = 6;

type Point = readonly [x: number, y: number];

export function sketch({ region, standOff, approach, wind, marks }: CallCard, own: Own | null): SVGElement | null {
  if (!region) return null;
  const reachM = Math.max(...[0, 45, 90, 135, 180, 225, 270, 315].map((bearing) => reachOf(region, bearing)));
  const outM = reachM + standOff.metres;
  const away = own && metresTo(region.middle, own);
  const ownM = away ? Math.hypot(...away) : 0;
  const isNear = away !== null && ownM < farthest * outM;
  const halfM = 1.25 * Math.max(outM, isNear ? ownM : 0);
  const perM = side / 2 / halfM;
  const pointOf = ([northM, eastM]: readonly [number, number]): Point => [
    side / 2 + eastM * perM,
    side / 2 - northM * perM,
  ];
  const at = (spot: Spot): Point => pointOf(metresTo(region.middle, spot));
  const path = region.rings
    .map(
      (ring) =>
        `M${ring
          .map(([lon, lat]) =>
            at({ lat, lon })
              .map((one) => one.toFixed(1))
              .join(' '),
          )
          .join('L')}Z`,
    )
    .join('');
  const outline = Math.max(2, 2 * region.radiusM * perM);
  const newest = wind.now ?? wind.around;
  return svg(
    'svg',
    { class: 'sketch', attrs: { viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': say('patrol.sketch') } },
    svg('circle', { class: 'sketch-standoff', attrs: { cx: side / 2, cy: side / 2, r: outM * perM } }),
    // The margin is drawn as the width of the line: a region of one point is then a circle.
    svg('path', { class: 'sketch-region', attrs: { d: path, 'stroke-width': outline.toFixed(1) } }),
    newest?.fromDeg != null && windArrow(newest.fromDeg),
    approach !== null && mark(at(approach.point), 'sketch-approach', say('patrol.sketch.approach')),
    away !== null &&
      mark(
        isNear ? pointOf(away) : edgeTowards(away),
        isNear ? 'sketch-own' : 'sketch-own sketch-far',
        say('patrol.sketch.own'),
      ),
    svg('path', { class: 'sketch-north', attrs: { d: 'M20 34L26 12L32 34L26 29Z' } }),
    svg('text', { class: 'sketch-text', attrs: { x: 26, y: 48, 'text-anchor': 'middle' } }, say('patrol.compass.0')),
    ...scale(halfM, perM),
    marks.includes('simulated') &&
      svg(
        'text',
        { class: 'sketch-text sketch-mark', attrs: { x: side / 2, y: 20, 'text-anchor': 'middle' } },
        say('simulated.tag'),
      ),
  );
}

function edgeTowards([northM, eastM]: readonly [number, number]): Point {
  const length = Math.hypot(northM, eastM);
  const radius = side / 2 - 16;
  return [side / 2 + (eastM / length) * radius, side / 2 - (northM / length) * radius];
}

function mark([x, y]: Point, name: string, label: string): SVGElement {
  const near = x > side - 70 ? 'end' : 'start';
  return svg(
    'g',
    { class: name },
    svg('circle', { attrs: { cx: x.toFixed(1), cy: y.toFixed(1), r: 7 } }),
    svg(
      'text',
      {
        class: 'sketch-text',
        attrs: { x: (x + (near === 'end' ? -11 : 11)).toFixed(1), y: (y + 5).toFixed(1), 'text-anchor': near },
      },
      label,
    ),
  );
}

/** Flies with the wind, in the corner that the north arrow leaves. */
function windArrow(fromDeg: number): SVGElement {
  return svg(
    'g',
    { class: 'sketch-wind' },
    svg('path', {
      attrs: { d: 'M0 -20L0 12M-7 5L0 18L7 5', transform: `translate(268 32) rotate(${fromDeg.toFixed(0)})` },
    }),
    svg('text', { class: 'sketch-text', attrs: { x: 268, y: 68, 'text-anchor': 'middle' } }, say('patrol.wind')),
  );
}

/** A bar of a round length. */
function scale(halfM: number, perM: number): SVGElement[] {
  const about = halfM / 2;
  const ten = 10 ** Math.floor(Math.log10(about));
  const metres = [5, 2, 1].map((one) => one * ten).find((one) => one <= about) ?? ten;
  const length = metres * perM;
  return [
    svg('path', { class: 'sketch-scale', attrs: { d: `M14 ${side - 14}h${length.toFixed(1)}` } }),
    svg('text', { class: 'sketch-text', attrs: { x: 14, y: side - 20 } }, formatMetres(metres)),
  ];
}
