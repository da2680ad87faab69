/** Exports: one alert at once, more when a second person has approved. */
import { ask } from './ask.ts';
import { el } from './dom.ts';
import { formatMoment } from './format.ts';
import { type Actions, type Model, may } from './model.ts';
import { locale, say } from './text.ts';
import { toast } from './toast.ts';

const formats = ['csv', 'geojson', 'cap', 'pdf'] as const;

/** As `GET /api/exports` lists them. */
interface Export {
  readonly id: string;
  readonly format: string;
  readonly by: string;
  readonly atMs: number;
  readonly state: 'waiting' | 'working' | 'ready' | 'refused' | 'failed';
  readonly count?: number;
  readonly done?: number;
  readonly total?: number;
  readonly why?: string | null;
}

export interface ExportBox {
  readonly node: HTMLElement;
  /** What was searched last, which may be exported. */
  offer(query: Readonly<Record<string, string>>, total: number): void;
  update(model: Model): void;
}

const everyMs = 3000;

export function exportBox(actions: Actions): ExportBox {
  const asks = el('div', { class: 'deeds' });
  const list = el('ul', { class: 'acts' });
  const node = el('div', { class: 'exports' }, asks, list);
  node.hidden = true;
  let [lookedMs, shown] = [0, ''];
  let last: Model | null = null;

  const look = async (): Promise<void> => {
    lookedMs = Date.now();
    const answer = await ask<{ readonly exports: readonly Export[] }>('GET', '/api/exports');
    if (!answer.ok) return;
    const now = JSON.stringify(answer.body);
    if (now === shown) return;
    shown = now;
    list.replaceChildren(...answer.body.exports.slice(0, 10).map(row));
  };
  const write = async (url: string, said: Record<string, unknown>): Promise<void> => {
    const by = await actions.operator();
    if (by === null) return;
    const answer = await ask('POST', url, { ...said, ...actions.signed(by) });
    toast(answer.ok ? say('export.asked') : say('ack.failed', { reason: answer.why }));
    await look();
  };
  const row = (one: Export): HTMLElement => {
    const { id, format, by, atMs, state, done, total, count, why } = one;
    const url = `/api/exports/${encodeURIComponent(id)}`;
    const me = last?.me?.account?.id ?? last?.operator;
    return el(
      'li',
      {},
      el('b', {}, `${format.toUpperCase()} · ${say(`export.${state}`)}`),
      el(
        'span',
        { class: 'utc' },
        `${by} · ${formatMoment(atMs)}${count === undefined ? '' : ` · ${say('history.found', { n: count })}`}`,
      ),
      state === 'working' &&
        el('progress', { attrs: { max: total ?? 1, value: done, 'aria-label': say('export.working') } }),
      why != null && el('span', { class: 'line' }, why),
      state === 'ready' &&
        el(
          'a',
          { class: 'button', attrs: { href: `${url}/file?language=${locale().slice(0, 2)}`, download: '' } },
          say('export.fetch'),
        ),
      state === 'waiting' &&
        last !== null &&
        may(last, 'export.approve') &&
        by !== me &&
        el(
          'button',
          { class: 'button', attrs: { type: 'button' }, on: { click: () => void write(`${url}/approve`, {}) } },
          say('export.approve'),
        ),
    );
  };

  return {
    node,
    offer: (search, total) => {
      if (last === null || !may(last, 'export.ask') || total === 0) return asks.replaceChildren();
      return asks.replaceChildren(
        el('span', {}, say('export.title', { n: total })),
        ...formats.map((format) =>
          el(
            'button',
            {
              class: 'button',
              attrs: { type: 'button' },
              on: { click: () => void write('/api/exports', { format, search }) },
            },
            format.toUpperCase(),
          ),
        ),
        el('p', { class: 'note' }, say('export.two')),
      );
    },
    update: (model) => {
      last = model;
      node.hidden = !(may(model, 'export.ask') || may(model, 'export.approve'));
      if (!node.hidden && Date.now() - lookedMs >= everyMs) void look();
    },
  };
}
