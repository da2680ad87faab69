import type { AlertRecord } from '../../core/ports/records.ts';
import { el } from '../web/dom.ts';
import { age, at, kindOf, severity, tags, wayText } from './parts.ts';
import { type Actions, byUrgency, type State, toldOf, waitingFor } from './state.ts';
import { say, sayAny } from './words.ts';

/** What this unit said of it last, or that it waits to be told. */
function standing(state: State, record: AlertRecord): string | null {
  const told = toldOf(record, state.who?.unit ?? null);
  for (const what of ['report', 'on-scene', 'acknowledge'] as const) {
    const waits = waitingFor(state, record.alert.id, what);
    if (waits && !waits.refused) return say('patrol.waits', { what: sayAny(`patrol.do.${what}`) });
  }
  if (told?.reported) return say('patrol.did.report', { outcome: sayAny(`outcome.${told.reported.outcome}`) });
  if (told?.onScene) return say('patrol.did.on-scene', { time: at(told.onScene.atMs) });
  if (told?.acknowledged) return say('patrol.did.acknowledge', { time: at(told.acknowledged.atMs) });
  return null;
}

function row(state: State, record: AlertRecord, actions: Actions): HTMLElement {
  const { alert } = record;
  const now = Date.now() + state.aheadMs;
  const [way, said] = [wayText(state, alert.id, state.own), standing(state, record)];
  return el(
    'li',
    {},
    el(
      'button',
      {
        class: `row row-${alert.severity}`,
        attrs: { type: 'button', 'data-key': `row ${alert.id}`, 'data-alert': alert.id },
        on: { click: () => actions.open(alert.id) },
      },
      el('span', { class: 'row-top' }, severity(record), age(record.raisedMs, now)),
      el('span', { class: 'row-kind' }, kindOf(alert.kind)),
      way !== null && el('span', { class: 'row-way' }, way),
      el('span', { class: 'row-tags' }, ...tags(state, record)),
      said !== null && el('span', { class: 'row-said' }, said),
    ),
  );
}

/** Alerts that are not told to this unit any more: said so, until somebody read it. */
const goneRow =
  (actions: Actions) =>
  ({ id, kind, atMs }: State['gone'][number]): HTMLElement =>
    el(
      'li',
      { class: 'gone' },
      el('p', {}, el('strong', {}, kindOf(kind)), ' ', say('patrol.gone', { time: at(atMs) })),
      el(
        'button',
        {
          class: 'button',
          attrs: { type: 'button', 'data-key': `gone ${id}` },
          on: { click: () => actions.dismiss(id) },
        },
        say('patrol.gone.read'),
      ),
    );

export function listView(state: State, actions: Actions): HTMLElement {
  const records = [...state.board.alerts.values()].sort(byUrgency);
  const isEmpty = records.length + state.gone.length === 0;
  return el(
    'main',
    { attrs: { id: 'alerts' } },
    el('h1', {}, say('patrol.mine')),
    isEmpty && el('p', { class: 'empty' }, say('patrol.none')),
    el('ul', { class: 'rows' }, ...state.gone.map(goneRow(actions)), ...records.map((one) => row(state, one, actions))),
  );
}
