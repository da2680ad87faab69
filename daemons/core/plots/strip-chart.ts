/** The last minutes of a channel, as SVG and as lines of a terminal. */
import { accent, axes, type Box, path, picture, warning, xIn, yIn } from './frame.ts';
import { type Scale, scaleOver } from './scale.ts';
import { axisLines, endsLine, marginOf, seen } from './text-axis.ts';

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

const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * The same as `rows` lines of `columns` characters, labels at the left and seconds below. A gap is an empty column; a mark is a
 * broken line behind the values.
 */
export function stripText(all: readonly Point[], options: StripOptions, columns: number, rows: number): string[] {
  const { points, low, high } = strip(all, options);
  // Rows are few: the values fill them, round ends would waste half.
  const at = (value: number): number => (value - low) / (high - low);
  const names = [seen(high, low, high), seen(low, low, high)] as const;
  const margin = marginOf(...names);
  const wide = Math.max(1, columns - margin);
  const high8 = (rows - 1) * 8;
  const cells: (number | null)[] = Array.from({ length: wide }, () => null);
  for (const [t, value] of points) {
    const cell = Math.min(wide - 1, Math.floor((1 + t / options.seconds) * wide));
    if (value !== null && cell >= 0) cells[cell] = value;
  }
  const levels = fillBetween(cells).map((value) => (value === null ? 0 : Math.max(0.04, at(value)) * high8));
  const marked = new Set(options.marks.map((mark) => Math.min(rows - 2, Math.floor((1 - at(mark)) * (rows - 1)))));
  const body = Array.from({ length: rows - 1 }, (_, row) => {
    const floor = (rows - 2 - row) * 8;
    const empty = marked.has(row) ? '╌' : ' ';
    return levels
      .map((level) => {
        const filled = Math.max(0, Math.min(8, Math.round(level - floor)));
        return filled === 0 ? empty : (eighths[filled] ?? ' ');
      })
      .join('');
  });
  return [...axisLines(body, names, margin), endsLine(`-${options.seconds} s`, '0 s', margin, wide)];
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
