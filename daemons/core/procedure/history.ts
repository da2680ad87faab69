/**
 * The life of a part for a technician: drift of its zero, sensitivity to span gas, dose and hours in wet air. A zero cannot
 * reveal poisoning; what is left of the sensitivity does. As a page and as lines of a terminal. Pure.
 */
import type { History, HistoryPoint, SeriesName } from '../calibration/history.ts';
import { historySvg, historyText, type Series } from '../plots/history-plot.ts';
import { escaped } from '../plots/scale.ts';
import { sheetStyle } from './sheet-style.ts';
import { type Say, wordFor } from './words.ts';

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
}

/** What there is to show of a part; a panel without a point is left out. */
export function panelsOf({ series, unit }: History, say: Say): readonly Panel[] {
  const first = series.sensitivity?.[0]?.value ?? Number.NaN;
  const take = (name: SeriesName, title: string, factor = 1): readonly Series[] => {
    const points = series[name] ?? [];
    const scaled = points.map(({ atMs, value }: HistoryPoint) => ({ atMs, value: factor * value }));
    return points.length === 0 ? [] : [{ name: title, points: scaled }];
  };
  const panel = (title: string, of: string, ...all: readonly (readonly Series[])[]): Panel => ({
    title,
    unit: of,
    series: all.flat(),
  });
  return [
    panel(say('history.zero'), unit, take('zero-as-found', say('sheet.found'))),
    panel(
      say('history.span'),
      '%',
      take('sensitivity', say('history.sensitivity'), 100 / first),
      take('span-as-found', say('sheet.found'), 100),
    ),
    panel('T90', 's', take('t90', 'T90')),
    panel(say('history.dose'), `${unit} h`, take('dose', say('history.dose'))),
    panel(say('history.wet'), 'h', take('condensation', say('history.wet'))),
  ].filter((one) => one.series.length > 0);
}

const headOf = ({ serial, quantity }: History, say: Say): string => `${serial}, ${wordFor(say, 'quantity', quantity)}`;

const leftOf = ({ sensitivityLeft }: History, say: Say): readonly string[] =>
  sensitivityLeft === null ? [] : [say('history.left', { percent: (100 * sensitivityLeft).toFixed(0) })];

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const failuresOf = ({ failures }: History, say: Say): readonly string[] =>
  failures.map(({ atMs, reasons }) => `${day(atMs)}: ${say('result.failed')}: ${reasons.join('; ')}`);

export interface HistoryAbout {
  readonly device: string;
  readonly simulated: boolean;
  readonly language: string;
}

/** One page; nothing in it is loaded from anywhere. */
export function historyPage(
  histories: readonly History[],
  say: Say,
  { device, simulated, language }: HistoryAbout,
): string {
  const title = `${say('history.title')}: ${device}`;
  const parts = histories.map((one) => {
    const plots = panelsOf(one, say).map((panel) => {
      const svg = historySvg(
        panel.series,
        { title: panel.title, unit: panel.unit, days: say('history.days') },
        [420, 190],
      );
      return `<h3>${escaped(panel.title)}</h3>${svg}`;
    });
    const bad = failuresOf(one, say).map((text) => `<li>${escaped(text)}</li>`);
    const left = leftOf(one, say).map((text) => `<p class="mark">${escaped(text)}</p>`);
    return `<h2>${escaped(headOf(one, say))}</h2>${left.join('')}<div class="plots">${plots.join('')}</div><ul>${bad.join('')}</ul>`;
  });
  const none = histories.length === 0 ? `<p>${escaped(say('history.none'))}</p>` : '';
  const mark = simulated ? `<p class="mark">${escaped(say('live.simulated'))}</p>` : '';
  return `<!doctype html><html lang="${escaped(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${sheetStyle}.plots svg{max-height:none}h3{font-size:10pt;margin:3mm 0 0}</style></head><body><header><h1>${escaped(title)}</h1>${mark}</header>${parts.join('')}${none}</body></html>\n`;
}

/** The same as lines of a terminal, never wider than it. */
export function historyLines(histories: readonly History[], say: Say, columns: number): readonly string[] {
  if (histories.length === 0) return [say('history.none')];
  return histories.flatMap((one) => [
    headOf(one, say),
    ...leftOf(one, say),
    ...panelsOf(one, say).flatMap(({ title, unit, series }) => [
      '',
      `${title}, ${unit}${series.length > 1 ? `   ${series.map(({ name }, i) => `${i === 0 ? '●' : '○'} ${name}`).join('   ')}` : ''}`,
      ...historyText(series, say('history.days'), columns, 6),
    ]),
    ...failuresOf(one, say),
    '',
  ]);
}
