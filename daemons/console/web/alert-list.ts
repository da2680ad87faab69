import { sectionOf } from '../../core/desk/urgency.ts';
import { alertRow, type Row } from './alert-row.ts';
import { arrange, el, setText } from './dom.ts';
import { goByKey } from './list-keys.ts';
import type { Actions, Model, View } from './model.ts';
import { chooseAlerts, filters, isSilent } from './order.ts';
import { say } from './text.ts';

/** Rows drawn at first: thousands would slow every browser, and nobody reads them. */
const pageSize = 50;

export function alertList(actions: Actions): View {
  const rows = new Map<string, Row>();
  const headings = ([0, 1, 2, 3] as const).map((section) =>
    el('li', { class: 'list-section' }, el('h3', {}, say(`section.${section}`))),
  );
  let limit = pageSize;
  let silent = '';

  const choices = filters.map((filter) =>
    el(
      'button',
      { class: 'choice', attrs: { type: 'button' }, on: { click: () => actions.setFilter(filter) } },
      say(`filter.${filter}`),
    ),
  );
  const list = el('ol', { class: 'list', attrs: { role: 'list' } });
  const empty = el('div', { class: 'empty' });
  const more = el('button', { class: 'button list-more', attrs: { type: 'button' } });
  const node = el(
    'div',
    { class: 'pane', attrs: { id: 'pane-alerts', role: 'tabpanel', 'aria-labelledby': 'tab-alerts' } },
    el('div', { class: 'choices', attrs: { role: 'group', 'aria-label': say('filter.label') } }, ...choices),
    empty,
    list,
    more,
    el('p', { class: 'hint' }, say('list.keys')),
  );
  let last: Model | null = null;
  more.addEventListener('click', () => {
    limit += pageSize;
    if (last) draw(last);
  });
  list.addEventListener('keydown', (event) => onKey(event, list, actions));

  const showEmpty = (model: Model, shown: number): void => {
    empty.hidden = shown > 0;
    if (shown > 0) return;
    const none = model.board.alerts.size === 0;
    if (!model.loaded) empty.replaceChildren(el('p', {}, say('list.waiting')));
    else if (none) empty.replaceChildren(el('h3', {}, say('list.empty.title')), el('p', {}, say('list.empty.text')));
    else empty.replaceChildren(el('p', {}, say('list.empty.filter')));
  };

  const draw = (model: Model): void => {
    last = model;
    const chosen = chooseAlerts(model.board.alerts, model.filter, model.nowMs);
    const drawn = chosen.slice(0, limit);
    const nodes: Element[] = [];
    let section = -1;
    for (const record of drawn) {
      const { id } = record.alert;
      const row = rows.get(id) ?? alertRow(id, actions);
      rows.set(id, row);
      row.update(record, model);
      const heading = headings[sectionOf(record)];
      if (heading && section !== sectionOf(record)) nodes.push(heading);
      section = sectionOf(record);
      nodes.push(row.node);
    }
    const kept = new Set(drawn.map((record) => record.alert.id));
    for (const id of rows.keys()) if (!kept.has(id)) rows.delete(id);
    arrange(list, nodes);
    showEmpty(model, drawn.length);
    more.hidden = chosen.length <= limit;
    setText(more, say('list.more', { n: Math.min(pageSize, chosen.length - limit), total: chosen.length }));
    choices.forEach((choice, i) => {
      choice.setAttribute('aria-pressed', String(filters[i] === model.filter));
    });
    node.hidden = model.tab !== 'alerts';
  };

  return {
    node,
    update: draw,
    tick: (model) => {
      for (const row of rows.values()) row.tick(model.nowMs);
      const now = [...model.board.alerts.values()].filter((record) => isSilent(record, model.nowMs));
      const names = now.map((record) => record.alert.id).join();
      if (names !== silent) draw(model);
      silent = names;
    },
  };
}

function onKey(event: KeyboardEvent, list: HTMLElement, actions: Actions): void {
  if (goByKey(event, list, ({ dataset: { alert } }) => alert && actions.select(alert))) return;
  const isAcknowledging = event.key.toLowerCase() === 'a' && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isAcknowledging)
    (event.target as Element).closest('.row')?.querySelector<HTMLButtonElement>('[data-ack]')?.click();
}
