/** The last minutes of a channel, as SVG and as lines of a terminal. */
import { accent, axes, type Box, path, picture, warning, xIn, yIn } from './frame.ts';
import { label, type Scale, scaleOver } from './scale.ts';

/** Monotonic ms and value; null is a gap. */
export type Point = readonly [number, number | null];

export interface StripOptions {
  readonly title: string;
  readonly unit: string;
  /** How far back, in seconds. */
  readonly seconds: number;
  /** Levels to draw across, for example the gas that is applied. */
  readonly marks: readonly number[];
}

interface Strip {
  readonly points: readonly Point[];
  readonly x: Scale;
  readonly y: Scale;
  readonly low: number;
  readonly high: number;
}

/** Seconds before the newest value, and values. */
function strip(all: readonly Point[], { seconds, marks }: StripOptions): Strip {
  const newest = all.at(-1)?.[0] ?? 0;
  const points = all.flatMap(([atMs, value]): Point[] =>
    newest - atMs <= seconds * 1000 ? [[(atMs - newest) / 1000, value]] : [],
  );
  const values = points.flatMap(([, value]) => (value === null ? [] : [value]));
  // Noise alone must not fill the height: at least a unit of the last digit that matters is shown.
  const most = Math.max(...values.map(Math.abs), ...marks, 0.1);
  const middle = values.length > 0 ? (Math.min(...values) + Math.max(...values)) / 2 : 0;
  const least = [middle - most / 20, middle + most / 20];
  const reach = [...values, ...marks, ...least];
  const ends = { low: Math.min(...reach), high: Math.max(...reach) };
  return { points, x: scaleOver([-seconds, 0], 6), y: scaleOver(reach, 4), ...ends };
}

export function stripSvg(all: readonly Point[], options: StripOptions, [width, height] = [640, 240]): string {
  const { points, x, y } = strip(all, options);
  const box: Box = { left: 48, top: 22, width: width - 60, height: height - 60 };
  const line = path(points.map(([t, value]) => (value === null ? null : [xIn(box, x, t), yIn(box, y, value)])));
  const across = options.marks
    .map((mark) => {
      const at = yIn(box, y, mark);
      return `<path d="${path([
        [box.left, at],
        [box.left + box.width, at],
      ])}" stroke="${warning}" stroke-dasharray="5 4" fill="none"/>`;
    })
    .join('');
  const drawn = `<path d="${line}" fill="none" stroke="${accent}" stroke-width="2"/>`;
  return picture(width, height, options.title, axes(box, [x, y], { x: 's', y: options.unit }) + across + drawn);
}

/** Three digits that count: for an axis of text. */
const short = (value: number): string => label(Number(value.toPrecision(3)));

const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The same as `rows` lines of `columns` characters, labels at the left. A gap is an empty column. */
export function stripText(all: readonly Point[], options: StripOptions, columns: number, rows: number): string[] {
  const { points, low, high } = strip(all, options);
  // Rows are few: the values fill them, round ends would waste half.
  const at = (value: number): number => (value - low) / (high - low);
  const margin = 8;
  const wide = Math.max(1, columns - margin);
  const cells: (number | null)[] = Array.from({ length: wide }, () => null);
  for (const [t, value] of points) {
    const cell = Math.min(wide - 1, Math.floor((1 + t / options.seconds) * wide));
    if (value !== null && cell >= 0) cells[cell] = value;
  }
  const levels = fillBetween(cells).map((value) => (value === null ? 0 : Math.max(0.04, at(value)) * rows * 8));
  return Array.from({ length: rows }, (_, row) => {
    const floor = (rows - 1 - row) * 8;
    const body = levels.map((level) => eighths[Math.max(0, Math.min(8, Math.round(level - floor)))] ?? ' ').join('');
    const name = row === 0 ? short(high) : row === rows - 1 ? short(low) : '';
    return `${name.padStart(margin - 2)} │${body}`;
  });
}

/** Columns between two values that fell between samples take the one before; longer gaps stay gaps. */
function fillBetween(cells: readonly (number | null)[]): (number | null)[] {
  const longest = 3;
  let last: number | null = null;
  let since = 0;
  return cells.map((value) => {
    since = value === null ? since + 1 : 0;
    if (value !== null) last = value;
    return since <= longest ? last : null;
  });
}
