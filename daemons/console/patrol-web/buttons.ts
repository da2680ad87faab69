/** What a patrol presses, and what became of it: waiting, sent, or standing with its time and who said it. */
import type { AlertRecord } from '../../core/ports/records.ts';
import type { Moment } from '../../core/values/delivery.ts';
import type { Deed } from '../../core/values/desk.ts';
import { el } from '../web/dom.ts';
import { helpKind } from './kept.ts';
import { at } from './parts.ts';
import type { Word } from './queue.ts';
import { type Actions, type State, toldOf, waitingFor } from './state.ts';
import { say, sayAny } from './words.ts';

/** What a patrol can find; drills and tests are no outcomes of a look. */
export const found = ['found', 'not-found', 'lawful-source', 'no-access', 'unsafe'] as const;

type Pressed = Extract<Deed['what'], 'acknowledge' | 'on-scene'>;

export function deedButtons(state: State, record: AlertRecord, actions: Actions): HTMLElement {
  if (record.alert.kind === helpKind) return el('p', { class: 'note' }, say('patrol.help.own'));
  if (state.who?.unit == null) return el('p', { class: 'notice' }, say('patrol.noUnit'));
  return el(
    'section',
    { class: 'deeds', attrs: { 'aria-label': say('patrol.deeds') } },
    press(state, record, 'acknowledge', actions),
    press(state, record, 'on-scene', actions),
  );
}

/** What was found. It closes nothing, and may be said anew. */
export function outcomeButtons(state: State, record: AlertRecord, actions: Actions): HTMLElement | null {
  const { id, kind } = record.alert;
  if (kind === helpKind || state.who?.unit == null) return null;
  const stands = toldOf(record, state.who.unit)?.reported;
  const waits = waitingFor(state, id, 'report');
  const button = (outcome: (typeof found)[number]): HTMLElement =>
    el(
      'button',
      {
        class: `button outcome${stands?.outcome === outcome ? ' is-standing' : ''}`,
        attrs: { type: 'button', 'data-key': `report ${outcome}` },
        on: { click: () => actions.report(id, outcome) },
      },
      sayAny(`outcome.${outcome}`),
    );
  return el(
    'section',
    { class: 'deeds', attrs: { 'aria-label': say('patrol.outcome') } },
    el('h2', {}, say('patrol.outcome')),
    el('div', { class: 'outcomes' }, ...found.map(button)),
    waits ? waitingLine(waits, actions) : stands && standsLine(sayAny(`outcome.${stands.outcome}`), stands),
    el('p', { class: 'note' }, say('patrol.onlySupervisor')),
  );
}

const standsLine = (what: string, { by, atMs }: Moment): HTMLElement =>
  el('p', { class: 'stands' }, `✓ ${say('patrol.stands', { what, time: at(atMs), by })}`);

function press(state: State, record: AlertRecord, what: Pressed, actions: Actions): HTMLElement {
  const told = toldOf(record, state.who?.unit ?? null);
  const stands = what === 'acknowledge' ? told?.acknowledged : told?.onScene;
  const waits = waitingFor(state, record.alert.id, what);
  const isWaiting = stands == null && waits !== undefined && waits.refused === null;
  const isPressed = stands != null || isWaiting;
  const button = el(
    'button',
    {
      class: `button deed deed-${what}${isWaiting ? ' is-waiting' : isPressed ? ' is-standing' : ''}`,
      attrs: {
        ...{ type: 'button', 'data-key': `do ${what}`, 'aria-pressed': isPressed ? 'true' : 'false' },
        'aria-disabled': isPressed ? 'true' : undefined,
      },
      on: { click: () => (isPressed ? undefined : actions.say(record.alert.id, { what })) },
    },
    sayAny(`patrol.do.${what}`),
  );
  const line = stands ? standsLine(sayAny(`patrol.do.${what}`), stands) : waits ? waitingLine(waits, actions) : null;
  return el('div', { class: 'press' }, button, line);
}

/** Of words that wait or will never be taken. */
export function waitingLine(word: Word, actions: Pick<Actions, 'dropWord'>): HTMLElement {
  if (word.refused === null) return el('p', { class: 'waits' }, `… ${say('patrol.waiting')}`);
  return el(
    'p',
    { class: 'refused' },
    say('patrol.refused', { why: word.refused }),
    ' ',
    el(
      'button',
      {
        class: 'button',
        attrs: { type: 'button', 'data-key': `drop ${word.key}` },
        on: { click: () => actions.dropWord(word.key) },
      },
      say('patrol.gone.read'),
    ),
  );
}
