/** What is around every screen: who, whether the centre hears, what is not real, and help. */
import { anySimulated } from '../web/board.ts';
import { type Child, el } from '../web/dom.ts';
import { age, at } from './parts.ts';
import { type Actions, helpOf, pressedIn, type State } from './state.ts';
import { say } from './words.ts';

export function topBar(state: State, actions: Actions): HTMLElement {
  const waits = pressedIn(state).filter(({ refused }) => refused === null).length;
  return el(
    'header',
    { class: 'bar' },
    el('strong', { class: 'brand' }, state.who?.unit ?? say('app.name')),
    el('span', { class: `link link-${state.link}` }, say(`patrol.link.${state.link}`)),
    waits > 0 && el('span', { class: 'link link-lost' }, say('patrol.words', { n: waits })),
    el(
      'button',
      {
        class: 'button bar-menu',
        attrs: { type: 'button', 'data-key': 'menu', 'aria-expanded': state.isMenu ? 'true' : 'false' },
        on: { click: () => actions.menu(!state.isMenu) },
      },
      say('patrol.menu'),
    ),
  );
}

const strip = (name: string, ...children: readonly Child[]): HTMLElement =>
  el('p', { class: `strip ${name}`, attrs: { role: 'status' } }, ...children);

export function strips(state: State, actions: Actions): HTMLElement[] {
  const now = Date.now() + state.aheadMs;
  const ended = (): HTMLElement =>
    strip(
      'strip-ended',
      say('patrol.ended', { n: pressedIn(state).length }),
      ' ',
      el(
        'button',
        { class: 'button', attrs: { type: 'button', 'data-key': 'login' }, on: { click: () => actions.logIn() } },
        say('login.title'),
      ),
    );
  return [
    ...helpStrip(state),
    ...(state.session === 'ended' ? [ended()] : []),
    ...(state.link === 'lost' && state.contactMs !== null
      ? [strip('strip-lost', say('patrol.old'), ' ', age(state.contactMs + state.aheadMs, now))]
      : []),
    ...(anySimulated(state.board) ? [strip('strip-simulated', say('patrol.simulated'))] : []),
    ...([...state.board.alerts.values()].some(({ desk }) => desk?.drill)
      ? [strip('strip-drill', say('patrol.drill'))]
      : []),
    ...(state.isLasting ? [] : [strip('strip-ended', say('patrol.fleeting'))]),
  ];
}

/** NOT SENT stands until a dispatcher has it: that a machine at the centre has it helps nobody. */
function helpStrip(state: State): HTMLElement[] {
  const help = helpOf(state);
  if (help.is === 'none') return [];
  if (help.is === 'answered')
    return [
      strip('strip-help-answered', el('strong', {}, say('patrol.help.answered', { by: help.by, time: at(help.atMs) }))),
    ];
  return [
    el(
      'div',
      { class: 'strip strip-help', attrs: { role: 'alert' } },
      el('strong', { class: 'help-unsent' }, say('patrol.help.unsent')),
      el(
        'span',
        {},
        say(help.is === 'unsent' ? 'patrol.help.waits' : 'patrol.help.unanswered', { time: at(help.sinceMs) }),
      ),
      el('strong', {}, radioSaid(state)),
    ),
  ];
}

export const radioSaid = ({ radio }: State): string =>
  radio === null ? say('patrol.radio') : say('patrol.radio.words', { words: radio });

export const helpButton = (actions: Actions): HTMLElement =>
  el(
    'footer',
    { class: 'help' },
    el(
      'button',
      {
        class: 'button help-button',
        attrs: { type: 'button', 'data-key': 'help' },
        on: { click: () => actions.help() },
      },
      say('patrol.help'),
    ),
  );
