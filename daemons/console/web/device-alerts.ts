/** Alerts of a box: those that are held here, and on a word the whole history of it. */
import { alertLine } from './alert-line.ts';
import { ask } from './ask.ts';
import type { AlertRecord } from './board.ts';
import { note, titled } from './device-parts.ts';
import { el, setText } from './dom.ts';
import { formatMoment } from './format.ts';
import { type Actions, type Model, may } from './model.ts';
import { byUrgencyOf } from './order.ts';
import { say } from './text.ts';

/** Rows of the open ones; the history has the rest. */
const mostRows = 20;

export interface AlertsBlock {
  readonly node: HTMLElement;
  update(model: Model): void;
}

export function deviceAlerts({ site, device }: { readonly site: string; readonly device: string }, actions: Actions) {
  const list = el('ul', { class: 'list', attrs: { role: 'list' } });
  const none = note(say('device.alerts.none'));
  const state = el('p', { class: 'note', attrs: { role: 'status' } });
  const more = el('button', { class: 'button', attrs: { type: 'button' } }, say('device.alerts.history'));
  const node = titled(say('device.alerts'), none, list, state, more);
  let found: readonly AlertRecord[] | null = null;
  let shown: unknown = null;

  const draw = (alerts: readonly AlertRecord[]): void => {
    none.hidden = alerts.length > 0;
    list.replaceChildren(
      ...alerts.map((one) => alertLine(one, actions, { place: [formatMoment(one.raisedMs)], withCondition: true })),
    );
  };
  more.addEventListener('click', async () => {
    setText(state, say('history.searching'));
    const query = new URLSearchParams({ device, site, drill: 'both', limit: '50' });
    const answer = await ask<{ readonly alerts: readonly AlertRecord[]; readonly total: number }>(
      'GET',
      `/api/search?${query}`,
    );
    if (!answer.ok) return setText(state, say('sight.failed', { reason: answer.why }));
    found = answer.body.alerts;
    setText(state, say('history.found', { n: answer.body.total }));
    draw(found);
  });
  const update = (model: Model): void => {
    node.hidden = !may(model, 'alerts.read');
    more.hidden = !may(model, 'history.search');
    if (node.hidden || found || shown === model.board.alerts) return;
    shown = model.board.alerts;
    draw(
      byUrgencyOf(model.board.alerts)
        .filter((one) => one.device === device && one.site === site)
        .slice(0, mostRows),
    );
  };
  return { node, update };
}
