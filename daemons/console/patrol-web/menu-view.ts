import { el } from '../web/dom.ts';
import { languageNames } from '../web/language.ts';
import { languages } from '../web/settings.ts';
import { radioSaid } from './frame-view.ts';
import { type Actions, pressedIn, type State, themes } from './state.ts';
import { say } from './words.ts';

function choice<T extends string>(
  name: string,
  all: readonly (readonly [T, string])[],
  chosen: T,
  choose: (one: T) => void,
): HTMLElement {
  return el(
    'fieldset',
    { class: 'choice' },
    el('legend', {}, name),
    ...all.map(([one, label]) =>
      el(
        'button',
        {
          class: `button${one === chosen ? ' is-standing' : ''}`,
          attrs: { type: 'button', 'aria-pressed': one === chosen ? 'true' : 'false', 'data-key': `choose ${one}` },
          on: { click: () => choose(one) },
        },
        label,
      ),
    ),
  );
}

export function menuView(state: State, actions: Actions): HTMLElement {
  const [waits, { who, locating }] = [pressedIn(state).length, state];
  return el(
    'main',
    { class: 'menu' },
    el(
      'button',
      { class: 'button back', attrs: { type: 'button', 'data-key': 'back' }, on: { click: () => actions.menu(false) } },
      el('span', { attrs: { 'aria-hidden': 'true' } }, '← '),
      say('patrol.back'),
    ),
    el('h1', {}, say('patrol.menu')),
    who !== null && who.account !== '' && el('p', {}, say('patrol.you', { id: who.account, unit: who.unit ?? '' })),
    el('p', {}, radioSaid(state)),
    choice(
      say('patrol.theme'),
      themes.map((one) => [one, say(`patrol.theme.${one}`)] as const),
      state.theme,
      actions.setTheme,
    ),
    choice(
      say('language.label'),
      languages.map((one) => [one, languageNames[one]] as const),
      state.language,
      actions.setLanguage,
    ),
    choice(
      say('patrol.sound'),
      [
        ['on', say('patrol.on')],
        ['off', say('patrol.off')],
      ] as const,
      state.sound ? 'on' : 'off',
      (one) => actions.setSound(one === 'on'),
    ),
    el(
      'button',
      { class: 'button', attrs: { type: 'button', 'data-key': 'locate' }, on: { click: () => actions.locate() } },
      say(locating === 'on' ? 'patrol.locate.off' : 'patrol.locate'),
    ),
    locating === 'refused' && el('p', { class: 'note' }, say('patrol.way.refused')),
    el('p', { class: 'note' }, say('patrol.install')),
    el('p', { class: 'note' }, say('patrol.keeps')),
    who !== null && waits > 0 && el('p', { class: 'refused' }, say('patrol.leave.waits', { n: waits })),
    who !== null &&
      who.account !== '' &&
      el(
        'button',
        { class: 'button', attrs: { type: 'button', 'data-key': 'leave' }, on: { click: () => actions.leave() } },
        say('patrol.leave'),
      ),
  );
}
