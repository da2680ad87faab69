/** Where gas may come from, in words and as a picture: a heat map, the regions, the wind, and the place it was measured from. */
import type { SourceEstimate, SourceFound } from '../../core/values/plume.ts';
import { block, fact, facts } from './alert-facts.ts';
import { type AlertRecord, deviceOf } from './board.ts';
import { el, svg } from './dom.ts';
import { formatAge, formatMetres, formatPosition, formatTime } from './format.ts';
import { scaleFor } from './map/shape.ts';
import type { Model } from './model.ts';
import { acrossM, type Frame, frameOf, heatCells, ringsPath } from './plume-shape.ts';
import { say, word } from './text.ts';

/** Empty where the box does not look for a source. */
export function plumeBlock(record: AlertRecord, model: Model): HTMLElement[] {
  const { plume } = record.alert;
  if (!plume) return [];
  const from = deviceOf(model.board, record)?.where ?? null;
  const found = plume.answer === 'source' ? plume : null;
  return [
    block(
      say('plume.title'),
      el('p', { class: 'plume-gist' }, plumeGist(plume)),
      found && picture(found, from),
      found && el('p', { class: 'note' }, say('plume.legend')),
      facts(
        ...(found ? foundFacts(found) : [fact(say('plume.why'), word('plume.why', reasonOf(plume)))]),
        fact(say('plume.wind'), windWords(plume)),
        fact(say('plume.made'), madeWords(plume)),
      ),
    ),
  ];
}

const reasonOf = (plume: SourceEstimate): string => (plume.answer === 'source' ? '' : plume.reason);

/** One line: what is known, or why nothing is. */
export function plumeGist(plume: SourceEstimate): string {
  if (plume.answer !== 'source') return say('plume.none', { reason: word('plume.reason', plume.reason) });
  return say('plume.region', { metres: formatMetres(rough(acrossM(plume.region90))) });
}

/** Two digits: a region's edge is no surveyed line. */
const rough = (value: number): number => Number(value.toPrecision(2));

function foundFacts({ where, rateGS, region50, next }: SourceFound): HTMLElement[][] {
  const { median, low, high } = rateGS;
  return [
    fact(
      say('plume.best'),
      formatPosition(where.lat, where.lon),
      el('span', { class: 'utc' }, say('panel.within', { metres: formatMetres(where.ceM) })),
    ),
    fact(say('plume.half'), say('plume.across', { metres: formatMetres(rough(acrossM(region50))) })),
    fact(
      say('plume.rate'),
      say('plume.grams', { rate: rough(median) }),
      el('span', { class: 'utc' }, say('plume.between', { low: rough(low), high: rough(high) })),
    ),
    ...(next ? [fact(say('plume.next'), formatPosition(next.lat, next.lon))] : []),
  ];
}

/** The wind of the last row, and how old it was when the alert was said. */
export function windWords({ latest, at }: SourceEstimate): string {
  if (!latest) return say('plume.wind.none');
  const values = { speed: latest.speedMs.toFixed(1), age: formatAge(at.wallMs - latest.untilMs) };
  if (latest.fromDeg === null) return say('plume.wind.calm', values);
  return say('plume.wind.from', { ...values, deg: Math.round(latest.fromDeg) % 360 });
}

function madeWords({ wind, made, sinceMs, anew }: SourceEstimate): string {
  const rows = say('plume.rows', { rows: wind.rows, calm: wind.calm, spread: Math.round(wind.spreadDeg) });
  const since = sinceMs === null ? '' : say('plume.since', { time: formatTime(sinceMs) });
  return [rows, since, made.join(', '), anew ? say('plume.anew') : ''].filter((one) => one !== '').join('; ');
}

const sidePx = 320;

function picture(found: SourceFound, from: { readonly lat: number; readonly lon: number } | null): SVGElement {
  const frame = frameOf(found, from);
  const { x, y, half } = frame;
  const unit = (2 * half) / sidePx;
  const cells = heatCells(found.heat).map(({ west, south, east, north, share }) =>
    svg('rect', {
      class: 'plume-heat',
      attrs: {
        x: x(west),
        y: y(north),
        width: x(east) - x(west),
        height: y(south) - y(north),
        'fill-opacity': (0.75 * share).toFixed(3),
      },
    }),
  );
  const region = (name: string, rings: SourceFound['region90']): SVGElement =>
    svg('path', { class: name, attrs: { d: ringsPath(rings, x, y), 'fill-rule': 'evenodd' } });
  const { where } = found;
  return svg(
    'svg',
    {
      class: 'plume-picture',
      attrs: {
        viewBox: `${-half} ${-half} ${2 * half} ${2 * half}`,
        role: 'img',
        'aria-label': `${plumeGist(found)}. ${windWords(found)}`,
      },
    },
    ...cells,
    region('plume-90', found.region90),
    region('plume-50', found.region50),
    svg('circle', { class: 'plume-ce', attrs: { cx: x(where.lon), cy: y(where.lat), r: where.ceM } }),
    cross(x(where.lon), y(where.lat), 6 * unit),
    from && post(x(from.lon), y(from.lat), unit),
    from && found.latest?.fromDeg != null && arrow(x(from.lon), y(from.lat), found.latest.fromDeg, unit),
    ...scale(frame, unit),
  );
}

const cross = (x: number, y: number, size: number): SVGElement =>
  svg('path', {
    class: 'plume-best',
    attrs: { d: `M${x - size} ${y}H${x + size}M${x} ${y - size}V${y + size}` },
  });

const post = (x: number, y: number, unit: number): SVGElement =>
  svg('rect', {
    class: 'plume-post',
    attrs: { x: x - 4 * unit, y: y - 4 * unit, width: 8 * unit, height: 8 * unit },
  });

/** From where the wind comes to the post. */
export const arrow = (x: number, y: number, fromDeg: number, unit: number): SVGElement =>
  svg('path', {
    class: 'plume-wind',
    attrs: { d: 'M0 -44V-12M-6 -21L0 -11L6 -21', transform: `translate(${x} ${y}) scale(${unit}) rotate(${fromDeg})` },
  });

function scale({ half }: Frame, unit: number): SVGElement[] {
  const { metres, px } = scaleFor(unit, 110);
  const [left, bottom] = [-half + 10 * unit, half - 10 * unit];
  return [
    svg('path', { class: 'plume-scale', attrs: { d: `M${left} ${bottom}h${px * unit}` } }),
    svg(
      'text',
      { class: 'plume-text', attrs: { x: left, y: bottom - 5 * unit, 'font-size': 11 * unit } },
      formatMetres(metres),
    ),
    svg(
      'text',
      { class: 'plume-text', attrs: { x: half - 16 * unit, y: -half + 16 * unit, 'font-size': 12 * unit } },
      say('plume.north'),
    ),
  ];
}
