/** What was: search in the whole store, and exports of what is found. */

import { alertLine } from './alert-line.ts';
import { ask } from './ask.ts';
import type { AlertRecord } from './board.ts';
import { fieldPart } from './dialog.ts';
import { el } from './dom.ts';
import { exportBox } from './export-box.ts';
import { formatMoment } from './format.ts';
import type { Actions, View } from './model.ts';
import { say } from './text.ts';

interface Found {
  readonly alerts: readonly AlertRecord[];
  readonly next: string | null;
  readonly total: number;
}

const outcomes = ['found', 'not-found', 'lawful-source', 'no-access', 'unsafe', 'drill', 'test'] as const;
const severities = ['critical', 'warning', 'info'] as const;

export function historyPane(actions: Actions): View {
  const any = ['', say('history.any')] as const;
  const parts = [
    fieldPart({ name: 'text', label: say('history.text') }, 'history-text'),
    fieldPart({ name: 'from', label: say('history.from') }, 'history-from'),
    fieldPart({ name: 'to', label: say('history.to') }, 'history-to'),
    fieldPart(
      {
        name: 'severity',
        label: say('history.severity'),
        kind: 'choice',
        options: [any, ...severities.map((one) => [one, say(`severity.${one}`)] as const)],
      },
      'history-severity',
    ),
    fieldPart(
      {
        name: 'outcome',
        label: say('history.outcome'),
        kind: 'choice',
        options: [any, ...outcomes.map((one) => [one, say(`outcome.${one}`)] as const)],
      },
      'history-outcome',
    ),
  ];
  for (const at of [1, 2]) parts[at]?.input.setAttribute('type', 'datetime-local');
  const state = el('p', { class: 'hint', attrs: { role: 'status' } });
  const list = el('ul', { class: 'list', attrs: { role: 'list' } });
  const more = el('button', { class: 'button list-more', attrs: { type: 'button' } }, say('history.more'));
  more.hidden = true;
  const form = el(
    'form',
    { class: 'search', attrs: { novalidate: true, role: 'search' } },
    ...parts.map(({ nodes, name }) => el('div', { class: `search-${name}` }, ...nodes)),
    el('button', { class: 'button button-primary' }, say('history.search')),
  );
  const exports = exportBox(actions);
  const node = el(
    'div',
    { class: 'pane', attrs: { id: 'pane-history', role: 'tabpanel', 'aria-labelledby': 'tab-history' } },
    form,
    exports.node,
    state,
    list,
    more,
  );
  let query: Record<string, string> = {};
  let next: string | null = null;

  const said = (): Record<string, string> =>
    Object.fromEntries(
      parts.flatMap(({ name, input }) => {
        const value = input.value.trim();
        if (value === '') return [];
        const isTime = name === 'from' || name === 'to';
        return [[name, isTime ? String(new Date(value).getTime()) : value]];
      }),
    );
  const search = async (after: string | null): Promise<void> => {
    state.textContent = say('history.searching');
    const url = `/api/search?${new URLSearchParams({ ...query, limit: '50', ...(after !== null && { after }) })}`;
    const answer = await ask<Found>('GET', url);
    if (!answer.ok) {
      state.textContent = say('sight.failed', { reason: answer.why });
      return;
    }
    const { alerts, total } = answer.body;
    ({ next } = answer.body);
    const rows = alerts.map((record) => foundRow(record, actions));
    if (after === null) list.replaceChildren(...rows);
    else list.append(...rows);
    state.textContent = say('history.found', { n: total });
    more.hidden = next === null;
    exports.offer(query, total);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    query = said();
    void search(null);
  });
  more.addEventListener('click', () => void search(next));

  return {
    node,
    update: (model) => {
      node.hidden = model.tab !== 'history';
      if (!node.hidden) exports.update(model);
    },
    tick: (model) => {
      if (!node.hidden) exports.update(model);
    },
  };
}

function foundRow(record: AlertRecord, actions: Actions): HTMLElement {
  const { site, device, raisedMs } = record;
  const place = [el('b', {}, device), ` ${site} · ${formatMoment(raisedMs)}`];
  return alertLine(record, actions, { place, withCondition: false });
}
