/** Pictures of an alert and of a box: what the rule saw, how the model did, how the array drifts. Data come when they are looked at. */
import { historySvg } from '../../core/plots/history-plot.ts';
import { modelSvg } from '../../core/plots/model-plot.ts';
import { timelineSvg } from '../../core/plots/timeline-plot.ts';
import type { AlertSight, Drift } from '../../core/values/sight.ts';
import type { AlertRecord, DeviceRecord } from './board.ts';
import { el } from './dom.ts';
import { drawn } from './drawn.ts';
import { say, word } from './text.ts';

/** Width of a picture in its own units: one of a narrow page has fewer, so that its letters stay readable. */
const widthIn = (node: HTMLElement): number => Math.max(300, Math.min(640, node.clientWidth - 16));

async function fetched(url: string): Promise<unknown> {
  const answer = await fetch(url, { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

/** A part that is folded; `fill` gets its data and draws, each time it is opened and whenever `again` is called while it is open. */
function folded(title: string, fill: (into: HTMLElement) => Promise<readonly Node[]>) {
  const into = el('div', { class: 'plots' });
  const node = el('details', { class: 'sight' }, el('summary', {}, title), into);
  const again = (): void => {
    if (!node.open) return;
    void fill(into).then(
      (nodes) => into.replaceChildren(...nodes),
      (error: Error) =>
        into.replaceChildren(el('p', { class: 'note' }, say('sight.failed', { reason: error.message }))),
    );
  };
  node.addEventListener('toggle', again);
  return { node, again };
}

export interface Sight {
  readonly node: HTMLElement;
  /** Draws anew when the alert has said more. */
  update(record: AlertRecord): void;
}

export function alertSight(id: string): Sight {
  let kind = '';
  let rev = 0;
  const { node, again } = folded(say('sight.timeline'), async (into) => {
    const sight = (await fetched(`/api/alerts/${encodeURIComponent(id)}/timeline`)) as AlertSight;
    if (sight.moments.length === 0) return [el('p', { class: 'note' }, say('sight.nothing'))];
    const words = {
      seconds: say('sight.seconds'),
      baseline: say('sight.before'),
      threshold: say('panel.threshold'),
      probability: say('sight.probability'),
    };
    const { labels, moments, stood } = sight;
    const unit = labels.length > 0 ? say('sight.targets') : sight.unit;
    const line = { title: word('kind', kind), unit, labels, moments, alerts: [stood], words };
    return [drawn(timelineSvg(line, [widthIn(into), labels.length > 0 ? 360 : 260]))];
  });
  return {
    node,
    update: ({ alert }) => {
      const news = alert.rev !== rev;
      [kind, rev] = [alert.kind, alert.rev];
      if (news) again();
    },
  };
}

interface Birth {
  readonly model?: {
    readonly name: string;
    readonly version: string;
    readonly threshold: number;
    readonly data: string;
    readonly curves?: Omit<Parameters<typeof modelSvg>[0], 'title' | 'threshold' | 'words'>;
  };
}

/** How the model of the box did on what it had not seen, and how its array drifts. */
export function deviceSight(device: DeviceRecord): HTMLElement {
  const { node } = folded(say('sight.device'), async (into) => {
    const name = encodeURIComponent(device.device);
    const [{ birth }, { drift }] = (await Promise.all([
      fetched(`/api/devices/${name}/birth?site=${encodeURIComponent(device.site)}`),
      fetched(`/api/devices/${name}/drift`).catch(() => ({ drift: [] })),
    ])) as [{ readonly birth: Birth }, { readonly drift: readonly Drift[] }];
    const { model } = birth;
    return [...modelOf(model, into), ...driftIn(drift, into)];
  });
  return node;
}

function modelOf(model: Birth['model'], into: HTMLElement): Node[] {
  if (!model?.curves) return [el('p', { class: 'note' }, say('sight.noModel'))];
  const { name, version, data, threshold, curves } = model;
  const words = {
    truePositive: say('sight.found'),
    falsePositive: say('sight.false'),
    said: say('sight.said'),
    was: say('sight.was'),
  };
  const title = `${name} ${version}`;
  const plot = { title, threshold, words, roc: curves.roc, reliability: curves.reliability };
  return [el('h4', {}, title), el('p', { class: 'note' }, data), drawn(modelSvg(plot, [widthIn(into), 330]))];
}

function driftIn(drift: readonly Drift[], into: HTMLElement): Node[] {
  const title = say('sight.drift');
  if (!drift.some(({ points }) => points.length > 0))
    return [el('h4', {}, title), el('p', { class: 'note' }, say('sight.noDrift'))];
  const names = { title, unit: say('sight.driftUnit'), days: say('sight.days') };
  return [el('h4', {}, title), drawn(historySvg(drift, names, [widthIn(into), 260]))];
}
