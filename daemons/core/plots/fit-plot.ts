/** A calibration line with its points, residuals and band of uncertainty, as SVG and as lines of a terminal. */
import { accent, axes, type Box, path, picture, px, warning, xIn, yIn } from './frame.ts';
import { label, scaleOver } from './scale.ts';
import { axisLines, endsLine, marginOf } from './text-axis.ts';

/** A straight line value = a + b * reading, with the covariance of [a, b]. */
export interface Line {
  readonly a: number;
  readonly b: number;
  readonly covariance: readonly (readonly number[])[];
}

export interface FitPoint {
  readonly read: number;
  readonly applied: number;
  /** Standard uncertainties (k = 1). */
  readonly uRead: number;
  readonly uApplied: number;
  /** Whether the fit was made of it; as-left points were not. */
  readonly used: boolean;
}

export const valueAt = ({ a, b }: Line, read: number): number => a + b * read;

/** Standard uncertainty of the line itself at a reading (GUM 5.1.2). */
export function uAt({ covariance }: Line, read: number): number {
  const [[aa = 0, ab = 0] = [], [, bb = 0] = []] = covariance;
  return Math.sqrt(Math.max(0, aa + 2 * read * ab + read * read * bb));
}

const steps = 40;

/** Above: points, line and its band (k = 2). Below: what is left of each point, with its own bar (k = 2). */
export function fitSvg(
  line: Line,
  points: readonly FitPoint[],
  names: { readonly title: string; readonly read: string; readonly value: string },
  [width, height] = [640, 330],
): string {
  const reads = points.map(({ read }) => read);
  const x = scaleOver(reads, 6);
  const y = scaleOver([...points.map(({ applied }) => applied), valueAt(line, x.from), valueAt(line, x.to)], 7);
  const upper: Box = { left: 56, top: 22, width: width - 70, height: height * 0.52 };
  const lower: Box = { ...upper, top: upper.top + upper.height + 46, height: height - upper.height - 108 };
  const along = Array.from({ length: steps + 1 }, (_, i) => x.from + ((x.to - x.from) * i) / steps);
  const edge = (sign: number, at: (read: number) => number, box: Box, scale: typeof y) =>
    along.map((read): [number, number] => [xIn(box, x, read), yIn(box, scale, at(read) + sign * 2 * uAt(line, read))]);
  const band = (at: (read: number) => number, box: Box, scale: typeof y): string =>
    `<path d="${path([...edge(1, at, box, scale), ...edge(-1, at, box, scale).reverse()])}Z" fill="${accent}" fill-opacity="0.18"/>`;
  const rest = points.map((one) => one.applied - valueAt(line, one.read));
  const bar = points.map(({ uApplied, uRead }) => 2 * Math.hypot(uApplied, line.b * uRead));
  const most = Math.max(
    ...rest.map((one, i) => Math.abs(one) + (bar[i] ?? 0)),
    ...along.map((r) => 2 * uAt(line, r)),
    1e-9,
  );
  const z = scaleOver([-most, most], 4);
  const mark = (box: Box, one: FitPoint, at: number): string => {
    const fill = one.used ? accent : '#ffffff';
    return `<circle cx="${px(xIn(box, x, one.read))}" cy="${px(at)}" r="4" fill="${fill}" stroke="${accent}" stroke-width="2"/>`;
  };
  const residuals = points
    .map((one, i) => {
      const at = xIn(lower, x, one.read);
      const [low, high] = [-1, 1].map((sign) => yIn(lower, z, (rest[i] ?? 0) + sign * (bar[i] ?? 0)));
      return `<path d="M${px(at)} ${px(low ?? 0)}V${px(high ?? 0)}" stroke="${warning}"/>${mark(lower, one, yIn(lower, z, rest[i] ?? 0))}`;
    })
    .join('');
  const drawn = path(along.map((read) => [xIn(upper, x, read), yIn(upper, y, valueAt(line, read))]));
  return picture(
    width,
    height,
    names.title,
    axes(upper, [x, y], { x: '', y: names.value }) +
      band((read) => valueAt(line, read), upper, y) +
      `<path d="${drawn}" fill="none" stroke="${accent}" stroke-width="1.5"/>` +
      points.map((one) => mark(upper, one, yIn(upper, y, one.applied))).join('') +
      axes(lower, [x, z], { x: names.read, y: `Δ ${names.value}` }) +
      band(() => 0, lower, z) +
      residuals,
  );
}

/** The line and its points as lines of a terminal: `·` the line, `●` a point of the fit, `○` one that it has not seen. */
export function fitText(line: Line, points: readonly FitPoint[], columns: number, rows: number): string[] {
  const x = scaleOver(
    points.map(({ read }) => read),
    4,
  );
  const y = scaleOver([...points.map(({ applied }) => applied), valueAt(line, x.from), valueAt(line, x.to)], 4);
  const names = [label(y.to), label(y.from)] as const;
  const margin = marginOf(...names);
  const wide = Math.max(2, columns - margin);
  const grid = Array.from({ length: rows }, () => Array.from({ length: wide }, () => ' '));
  const put = (read: number, value: number, sign: string): void => {
    const row = grid[Math.round((1 - y.at(value)) * (rows - 1))];
    const column = Math.round(x.at(read) * (wide - 1));
    if (row && column in row) row[column] = sign;
  };
  for (let i = 0; i < wide; i++) {
    const read = x.from + ((x.to - x.from) * i) / (wide - 1);
    put(read, valueAt(line, read), '·');
  }
  for (const one of points) put(one.read, one.applied, one.used ? '●' : '○');
  const body = axisLines(
    grid.map((row) => row.join('')),
    names,
    margin,
  );
  return [...body, endsLine(label(x.from), label(x.to), margin, wide)];
}
