/** `fieldpost plot`: pictures of what a box saw and of the model that judges it, as lines of a terminal and as a page. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from '../../core/config/box.ts';
import { card } from '../../core/model/card.ts';
import { inForceFolder } from '../../core/model/places.ts';
import { historySvg, historyText, signs } from '../../core/plots/history-plot.ts';
import { type ModelPlot, modelSvg, modelText } from '../../core/plots/model-plot.ts';
import { escaped } from '../../core/plots/scale.ts';
import { timelineSvg, timelineText } from '../../core/plots/timeline-plot.ts';
import { Fault } from '../../core/ports/fault.ts';
import { arrayDrift } from './drift.ts';
import { timelinesOf } from './timeline.ts';

export interface Plots {
  readonly title: string;
  /** A sentence below the title. */
  readonly about?: string;
  readonly lines: readonly string[];
  readonly svgs: readonly string[];
}

const words = {
  truePositive: 'targets found',
  falsePositive: 'others taken for one',
  said: 'probability that was said',
  was: 'share that was a target',
} as const;

/** Of one capture. Errors: Fault `config`, `refused`. */
async function timelinePlots(capture: string, models: string, columns: number): Promise<Plots> {
  const timelines = await timelinesOf(capture, models);
  return {
    title: `What the rules saw: ${path.basename(path.resolve(capture))}`,
    lines: timelines.flatMap((one) => [...timelineText(one, columns, 8), '']),
    svgs: timelines.map((one) => timelineSvg(one)),
  };
}

/** Of a folder of captures. Errors: Fault `config`, `refused`. */
async function driftPlots(folder: string, models: string, columns: number): Promise<Plots> {
  const series = await arrayDrift(folder, models);
  const title = 'Drift of the array';
  const unit = '% of the first clean-air level';
  return {
    title,
    lines: [
      `${title}, ${unit}   ${series.map(({ name }, i) => `${signs[i % signs.length]} ${name}`).join('   ')}`,
      ...historyText(series, 'd', columns, 10),
    ],
    svgs: [historySvg(series, { title, unit, days: 'd' }, [640, 300])],
  };
}

/** Of the model in force. Errors: Fault `config` for a card, `absent` where it holds no curves. */
function modelPlots(models: string, name: string, columns: number): Plots {
  const file = path.join(inForceFolder(path.join(models, name)), 'card.json');
  const found = readConfig(file, card);
  const { curves, data, windows } = found.evaluation;
  if (!curves)
    throw new Fault('absent', `${file} evaluation.curves: is absent; a training of this version writes them`);
  const title = `${found.name} ${found.version}`;
  const about = `${windows} windows: ${data}`;
  const plot: ModelPlot = { title, ...curves, threshold: found.thresholds.target, words };
  return { title, about, lines: [about, ...modelText(plot, columns)], svgs: [modelSvg(plot)] };
}

export interface Wanted {
  readonly what: string;
  readonly folder: string | undefined;
  readonly models: string;
  /** Which model, for its curves. */
  readonly model: string;
  readonly columns: number;
}

/** What `fieldpost plot` was asked for. Errors: Fault `config`, `refused`, `absent`. */
export async function plotsOf({ what, folder, models, model, columns }: Wanted): Promise<Plots> {
  if (what === 'model') return modelPlots(models, model, columns);
  if (what !== 'timeline' && what !== 'drift')
    throw new Fault('config', `plot ${what}: must be timeline, drift or model`);
  if (folder === undefined) throw new Fault('config', `plot ${what}: needs a folder; plot model needs none`);
  return what === 'timeline' ? timelinePlots(folder, models, columns) : driftPlots(folder, models, columns);
}

/** One page; nothing in it is loaded from anywhere. */
export function writePage(file: string, { title, about, svgs }: Plots): void {
  const style =
    'body{font-family:sans-serif;margin:1.5rem;max-width:60rem;color:#1f2933;background:#fff}svg{width:100%;height:auto}';
  writeFileSync(
    file,
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${style}</style></head><body><h1>${escaped(title)}</h1>${about ? `<p>${escaped(about)}</p>` : ''}${svgs.join('')}</body></html>\n`,
  );
}
