/** What a rule saw over time: its value with the clean-air level and the line it is held against, and below what the model called it. */
import { accent, axes, type Box, path, picture, px, warning, xIn, yIn } from './frame.ts';
import { escaped, label, type Scale, scaleOver } from './scale.ts';

export interface Moment {
  /** Seconds, on the axis below. */
  readonly s: number;
  /** null: a gap. */
  readonly value: number | null;
  /** Clean-air level at that moment, in the unit of the value; null where none is known. */
  readonly baseline: number | null;
  readonly threshold: number;
  /** By the names in `labels`; absent where no model looked. */
  readonly probabilities?: readonly number[];
}

export interface Timeline {
  readonly title: string;
  /** Of value, baseline and threshold. */
  readonly unit: string;
  readonly labels: readonly string[];
  readonly moments: readonly Moment[];
  /** Stretches in which an alert stood, [from, to] in seconds. */
  readonly alerts: readonly (readonly [number, number])[];
  readonly words: {
    readonly seconds: string;
    readonly baseline: string;
    readonly threshold: string;
    readonly probability: string;
  };
}

/** A colour for each class: told apart also by those who see fewer colours, and by their dashes. */
const inks = ['#8a98a5', '#d55e00', '#0072b2', '#009e73', '#cc79a7', '#b58900', '#56b4e9', '#7f7f7f'] as const;
const dashes = ['', '', '6 3', '2 2', '8 3 2 3', '4 4', '', '2 4'] as const;

/** Few moments are shown as what they are: between them nothing was heard. */
const fewest = 30;
const dots = (points: readonly (readonly [number, number] | null)[]): string =>
  points.length > fewest
    ? ''
    : points
        .map((one) => (one ? `<circle cx="${px(one[0])}" cy="${px(one[1])}" r="3" fill="${accent}"/>` : ''))
        .join('');

/** Everything that must be on the axis of values; what a model says is a share, and shown as one. */
const levelsOf = ({ moments, labels }: Timeline): number[] => [
  ...moments.flatMap((one) => [one.value, one.baseline, one.threshold].filter((level) => level !== null)),
  ...(labels.length > 0 ? [0, 1] : []),
];

export function timelineSvg(line: Timeline, [width, height] = [640, 330]): string {
  const { moments, labels, words } = line;
  const x = scaleOver([...moments.map(({ s }) => s), ...line.alerts.flat()], 6);
  const y = scaleOver(levelsOf(line), 4);
  const hasModel = moments.some(({ probabilities }) => probabilities !== undefined);
  const upper: Box = {
    left: 56,
    top: 40,
    width: width - 70,
    height: hasModel ? height * 0.38 : height - 84,
  };
  const lower: Box = { ...upper, top: upper.top + upper.height + 62, height: height - upper.height - 146 };
  const stood = (box: Box): string =>
    line.alerts
      .map(([from, to]) => {
        const [left, right] = [xIn(box, x, from), xIn(box, x, to)];
        return `<rect x="${px(left)}" y="${px(box.top)}" width="${px(Math.max(1, right - left))}" height="${px(box.height)}" fill="${warning}" fill-opacity="0.12"/>`;
      })
      .join('');
  const drawn = (box: Box, scale: Scale, of: (one: Moment) => number | null, look: string): string =>
    `<path d="${path(
      moments.map((one) => {
        const value = of(one);
        return value === null ? null : [xIn(box, x, one.s), yIn(box, scale, value)];
      }),
    )}" fill="none" ${look}/>`;
  const legend = (box: Box, names: readonly (readonly [string, string])[]): string =>
    `<text x="${px(box.left + box.width)}" y="${px(box.top - 20)}" text-anchor="end">${names
      .map(([name, ink], i) => `<tspan fill="${ink}" dx="${i === 0 ? 0 : 10}">${escaped(name)}</tspan>`)
      .join('')}</text>`;
  const top =
    stood(upper) +
    axes(upper, [x, y], { x: hasModel ? '' : words.seconds, y: line.unit }) +
    drawn(upper, y, ({ baseline }) => baseline, `stroke="${inks[3]}" stroke-dasharray="2 3"`) +
    drawn(upper, y, ({ threshold }) => threshold, `stroke="${warning}" stroke-dasharray="6 4"`) +
    drawn(upper, y, ({ value }) => value, `stroke="${accent}" stroke-width="2"`) +
    dots(moments.map(({ s, value }) => (value === null ? null : [xIn(upper, x, s), yIn(upper, y, value)]))) +
    legend(upper, [
      [line.title, accent],
      [words.threshold, warning],
      ...(moments.some(({ baseline }) => baseline !== null) ? [[words.baseline, inks[3]] as const] : []),
    ]);
  if (!hasModel) return picture(width, height, line.title, top);
  const shares = scaleOver([0, 1], 2);
  const classes = labels.map((_, k) =>
    drawn(
      lower,
      shares,
      ({ probabilities }) => probabilities?.[k] ?? null,
      `stroke="${inks[k % inks.length]}" stroke-width="1.5" stroke-dasharray="${dashes[k % dashes.length]}"`,
    ),
  );
  const names = labels.map((name, k) => [name, inks[k % inks.length] ?? accent] as const);
  return picture(
    width,
    height,
    line.title,
    top +
      stood(lower) +
      axes(lower, [x, shares], { x: words.seconds, y: words.probability }) +
      classes.join('') +
      legend(lower, names),
  );
}

/**
 * The same as lines of a terminal: the value as `●` (`◆` while an alert stands), the baseline as `·`, the line it is held
 * against as `-`; below, for every class, how sure the model was, in eighths.
 */
export function timelineText(line: Timeline, columns: number, rows: number): string[] {
  const { moments, labels } = line;
  const margin = 11;
  const wide = Math.max(2, columns - margin);
  const times = moments.map(({ s }) => s);
  const [from, to] = [Math.min(...times, 0), Math.max(...times, 1e-3)];
  const column = (s: number): number => Math.round(((s - from) / Math.max(to - from, 1e-9)) * (wide - 1));
  const y = scaleOver(levelsOf(line), 4);
  const grid = Array.from({ length: rows }, () => Array.from({ length: wide }, () => ' '));
  const put = (s: number, value: number | null, sign: string): void => {
    const row = value === null ? undefined : grid[Math.round((1 - y.at(value)) * (rows - 1))];
    if (row) row[column(s)] = sign;
  };
  // Both hold until the next moment says otherwise.
  for (const [i, { s, threshold, baseline }] of moments.entries()) {
    const until = column(moments[i + 1]?.s ?? to);
    for (let at = column(s); at <= until; at++) {
      put(from + ((to - from) * at) / (wide - 1), threshold, '-');
      put(from + ((to - from) * at) / (wide - 1), baseline, '·');
    }
  }
  for (const { s, value } of moments)
    put(s, value, line.alerts.some(([begin, end]) => s >= begin && s <= end) ? '◆' : '●');
  const name = (text: string): string => text.slice(0, margin - 2).padStart(margin - 2);
  const body = grid.map(
    (row, i) => `${name(i === 0 ? label(y.to) : i === rows - 1 ? label(y.from) : '')} │${row.join('')}`,
  );
  const ends = `${' '.repeat(margin)}${label(from)}${`${label(to)} ${line.words.seconds}`.padStart(Math.max(1, wide - label(from).length))}`;
  const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
  const classes = labels.flatMap((text, k) => {
    const cells = Array.from({ length: wide }, () => ' ');
    for (const { s, probabilities } of moments) {
      const share = probabilities?.[k];
      if (share !== undefined) cells[column(s)] = eighths[Math.round(8 * share)] ?? ' ';
    }
    return cells.every((cell) => cell === ' ') ? [] : [`${name(text)} │${cells.join('')}`];
  });
  return [line.title, ...body, ends, ...classes];
}
