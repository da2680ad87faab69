import { el } from '../web/dom.ts';
import { languageNames } from '../web/language.ts';
import { languages } from '../web/settings.ts';
import { radioSaid } from './frame-view.ts';
import { type Actions, pressedIn, type State, themes } from './state.ts';
import { say, sayAny } from './words.ts';

function choice<T extends string>(
  name: string,
  all: readonly (readonly [T, string])[],
  chosen: T,
  choose: (one: T) => void,
  key = 'choose',
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
          attrs: { type: 'button', 'aria-pressed': one === chosen ? 'true' : 'false', 'data-key': `${key} ${one}` },
          on: { click: () => choose(one) },
        },
        label,
      ),
    ),
  );
}

/** Of a patrol alone. What cannot be switched says why. */
function wakeSwitch({ who, wake }: State, actions: Actions): readonly HTMLElement[] {
  if (who?.unit == null) return [];
  const isThere = !wake.startsWith('no-') && wake !== 'unknown';
  const { on, off } = { on: say('patrol.on'), off: say('patrol.off') };
  const set = (one: 'on' | 'off'): void => (wake === 'busy' ? undefined : actions.setWake(one === 'on'));
  return [
    isThere
      ? choice(
          say('patrol.wake'),
          [['on', on] as const, ['off', off] as const],
          wake === 'on' ? 'on' : 'off',
          set,
          'wake',
        )
      : el('h2', {}, say('patrol.wake')),
    el('p', { class: 'note', attrs: { role: 'status', 'data-wake': wake } }, sayAny(`patrol.wake.${wake}`)),
  ];
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
    ...wakeSwitch(state, actions),
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
