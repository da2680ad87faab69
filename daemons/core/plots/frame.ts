/** What every plot shares: a frame with axes, ticks and their labels, as SVG text. */
import { escaped, label, type Scale } from './scale.ts';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const ink = '#1f2933';
export const quiet = '#9aa5b1';
export const accent = '#0b69a3';
export const warning = '#b44d12';

export const px = (value: number): string => String(Math.round(value * 10) / 10);

export const xIn = ({ left, width }: Box, scale: Scale, value: number): number => left + width * scale.at(value);
export const yIn = ({ top, height }: Box, scale: Scale, value: number): number => top + height * (1 - scale.at(value));

const text = (x: number, y: number, anchor: string, words: string): string =>
  `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escaped(words)}</text>`;

/** Axes with labels; `names` are written at their ends. `xLabel` writes a tick of the horizontal axis. */
export function axes(
  box: Box,
  [x, y]: readonly [Scale, Scale],
  names: { readonly x: string; readonly y: string },
  xLabel: (value: number) => string = label,
): string {
  const { left, top, width, height } = box;
  const rows = y.ticks.map((tick) => {
    const at = yIn(box, y, tick);
    return `<path d="M${px(left)} ${px(at)}h${px(width)}" stroke="${quiet}" stroke-width="0.4"/>${text(left - 5, at + 4, 'end', label(tick))}`;
  });
  const columns = x.ticks.map((tick) => {
    const at = xIn(box, x, tick);
    return `<path d="M${px(at)} ${px(top + height)}v4" stroke="${ink}"/>${text(at, top + height + 16, 'middle', xLabel(tick))}`;
  });
  const frame = `<rect x="${px(left)}" y="${px(top)}" width="${px(width)}" height="${px(height)}" fill="none" stroke="${ink}"/>`;
  return [
    ...rows,
    ...columns,
    frame,
    text(left + width, top + height + 30, 'end', names.x),
    text(left, top - 6, 'start', names.y),
  ].join('');
}

/** A whole picture; it scales to the place that it is given. */
export const picture = (width: number, height: number, title: string, content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}" font-family="sans-serif" font-size="11" fill="${ink}">${content}</svg>`;

/** A line through points; one with a gap (null) before it begins anew. */
export function path(points: readonly (readonly [number, number] | null)[]): string {
  let pen = 'M';
  let d = '';
  for (const point of points) {
    if (point === null) pen = 'M';
    else {
      d += `${pen}${px(point[0])} ${px(point[1])}`;
      pen = 'L';
    }
  }
  return d;
}
