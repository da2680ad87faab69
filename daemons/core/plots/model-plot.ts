/** How a model did on what it had not seen: ROC, and whether it is right as often as it is sure; as SVG and as lines of a terminal. */
import { accent, axes, type Box, path, picture, px, quiet, warning, xIn, yIn } from './frame.ts';
import { escaped, scaleOver } from './scale.ts';

export interface RocPoint {
  readonly threshold: number;
  readonly truePositive: number;
  readonly falsePositive: number;
}

export interface ReliabilityPoint {
  readonly said: number;
  readonly was: number;
  readonly windows: number;
}

export interface ModelPlot {
  readonly title: string;
  readonly roc: readonly RocPoint[];
  readonly reliability: readonly ReliabilityPoint[];
  /** In force on the box: marked on the ROC. */
  readonly threshold: number;
  readonly words: {
    readonly truePositive: string;
    readonly falsePositive: string;
    readonly said: string;
    readonly was: string;
  };
}

const share = scaleOver([0, 1], 2);
/** Narrower than this the second square stands below the first one, or its letters would run into it. */
const besideFrom = 480;
/** Of the diagonal: a coin, or a model that is right as often as it is sure. */
const even = (box: Box): string =>
  `<path d="M${px(box.left)} ${px(box.top + box.height)}L${px(box.left + box.width)} ${px(box.top)}" stroke="${quiet}" stroke-dasharray="4 4"/>`;

/** Two squares: ROC and reliability. A dot of the latter is as large as it has windows behind it. */
export function modelSvg(
  { title, roc, reliability, threshold, words }: ModelPlot,
  [width, height] = [640, 330],
): string {
  const beside = width >= besideFrom;
  const side = Math.min(height - 74, beside ? (width - 150) / 2 : width - 80);
  const left: Box = { left: 52, top: 30, width: side, height: side };
  const right: Box = beside ? { ...left, left: left.left + side + 72 } : { ...left, top: left.top + side + 74 };
  const at = (one: RocPoint): [number, number] => [
    xIn(left, share, one.falsePositive),
    yIn(left, share, one.truePositive),
  ];
  const steps = path([...roc].sort((a, b) => b.threshold - a.threshold).map(at));
  const now = roc.reduce<RocPoint | null>(
    (best, one) => (best && Math.abs(best.threshold - threshold) <= Math.abs(one.threshold - threshold) ? best : one),
    null,
  );
  const mark = now
    ? `<circle cx="${px(at(now)[0])}" cy="${px(at(now)[1])}" r="5" fill="none" stroke="${warning}" stroke-width="2"/>` +
      `<text x="${px(at(now)[0] + 9)}" y="${px(at(now)[1] + 14)}" fill="${warning}">${escaped(String(threshold))}</text>`
    : '';
  const most = Math.max(1, ...reliability.map(({ windows }) => windows));
  const dots = reliability
    .map(({ said, was, windows }) => {
      const r = 2.5 + 4.5 * Math.sqrt(windows / most);
      return `<circle cx="${px(xIn(right, share, said))}" cy="${px(yIn(right, share, was))}" r="${px(r)}" fill="${accent}" fill-opacity="0.75"/>`;
    })
    .join('');
  const along = path(
    reliability.map(({ said, was }): [number, number] => [xIn(right, share, said), yIn(right, share, was)]),
  );
  return picture(
    width,
    right.top + side + 44,
    title,
    axes(left, [share, share], { x: words.falsePositive, y: words.truePositive }) +
      even(left) +
      `<path d="${steps}" fill="none" stroke="${accent}" stroke-width="2"/>${mark}` +
      axes(right, [share, share], { x: words.said, y: words.was }) +
      even(right) +
      `<path d="${along}" fill="none" stroke="${accent}"/>${dots}`,
  );
}

/** The same as lines of a terminal: one for each threshold, and one for each tenth of what was said. */
export function modelText({ title, roc, reliability, threshold, words }: ModelPlot, columns: number): string[] {
  const wide = Math.max(4, columns - 34);
  const bar = (part: number, sign: string): string => sign.repeat(Math.round(part * wide)).padEnd(wide);
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`.padStart(8);
  return [
    title,
    `  p >=  ${words.truePositive} / ${words.falsePositive}`.slice(0, columns),
    ...roc.map(
      (one) =>
        `${one.threshold === threshold ? '>' : ' '} ${one.threshold.toFixed(2)} ${percent(one.truePositive)} ${bar(one.truePositive, '▆')} ${percent(one.falsePositive)}`,
    ),
    '',
    `  ${words.said} / ${words.was}`.slice(0, columns),
    ...reliability.map(({ said, was, windows }) => {
      const cells = [...bar(was, '▆')];
      cells[Math.min(wide - 1, Math.round(said * wide))] = '│';
      return `  ${said.toFixed(2)} ${percent(was)} ${cells.join('')} ${String(windows).padStart(7)}`;
    }),
  ];
}
