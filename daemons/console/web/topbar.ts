import { isOpen } from '../../core/desk/urgency.ts';
import { alarmButton } from './alarm.ts';
import { isDrill } from './desk.ts';
import { el, setText } from './dom.ts';
import { formatAge, formatCount, formatMoment, formatUtc, isUtcHere } from './format.ts';
import { showKeys } from './keys.ts';
import { languageNames } from './language.ts';
import type { Actions, Model, View } from './model.ts';
import { languages, themes } from './settings.ts';
import { say } from './text.ts';

/** Name, whether what is shown is live, how much waits, who sits here, and the time in both zones. */
export function topbar(actions: Actions): View {
  const link = el('span', { class: 'link', attrs: { role: 'status' } });
  const open = el('b');
  const waiting = el('b');
  const local = el('span');
  const utc = el('span', { class: 'utc' });
  const operator = el('button', {
    class: 'button',
    attrs: { type: 'button' },
    on: { click: () => actions.askOperator() },
  });
  const alarm = alarmButton();
  const openMode = el('span', { class: 'open-mode' });
  const keys = el(
    'button',
    {
      class: 'button keys-button',
      attrs: { type: 'button', 'aria-label': say('key.title'), title: say('key.title') },
      on: { click: showKeys },
    },
    '?',
  );
  const theme = el(
    'select',
    { class: 'button', attrs: { 'aria-label': say('theme.label'), title: say('theme.label') } },
    ...themes.map((name) => el('option', { attrs: { value: name } }, say(`theme.${name}`))),
  );
  theme.addEventListener('change', () => actions.setTheme(themes[theme.selectedIndex] ?? 'auto'));
  const language = el(
    'select',
    { class: 'button', attrs: { id: 'language', 'aria-label': say('language.label') } },
    ...languages.map((one) => el('option', { attrs: { value: one, lang: one } }, languageNames[one])),
  );
  language.addEventListener('change', () => actions.setLanguage(languages[language.selectedIndex] ?? 'en'));
  const node = el(
    'header',
    { class: 'topbar' },
    el('h1', { class: 'brand' }, say('app.name')),
    link,
    el(
      'p',
      { class: 'counts' },
      el('span', { class: 'count' }, open, ' ', say('count.open')),
      el('span', { class: 'count count-waiting' }, waiting, ' ', say('count.unacknowledged')),
    ),
    el('p', { class: 'clock' }, local, utc),
    openMode,
    operator,
    alarm.node,
    keys,
    language,
    theme,
  );

  const tick = (model: Model): void => {
    setText(local, formatMoment(model.nowMs));
    setText(utc, formatUtc(model.nowMs));
    utc.hidden = isUtcHere(model.nowMs);
    const { state, heardMs, trouble } = model.link;
    const bad = state !== 'live' || trouble !== null;
    link.dataset.state = bad ? (state === 'connecting' ? 'connecting' : 'lost') : 'live';
    if (state === 'connecting') setText(link, say('link.connecting'));
    else if (state === 'lost') setText(link, say('link.lost.age', { age: formatAge(model.localMs - heardMs) }));
    else setText(link, say(trouble === null ? 'link.live' : 'link.trouble'));
  };

  return {
    node,
    update: (model) => {
      const records = [...model.board.alerts.values()].filter((one) => !isDrill(one));
      const { beyond } = model.board;
      const here = records.filter((record) => record.acknowledged === null).length;
      const unacknowledged = here + beyond.unacknowledged;
      setText(open, formatCount(records.filter(isOpen).length + beyond.open));
      setText(waiting, formatCount(unacknowledged));
      waiting.parentElement?.classList.toggle('count-some', unacknowledged > 0);
      const { me } = model;
      if (me?.account) setText(operator, `${me.account.id} · ${say(`role.${me.account.role}`)}`);
      else
        setText(operator, model.operator === null ? say('operator.none') : say('operator.is', { id: model.operator }));
      setText(openMode, me?.mode === 'open' ? say('login.open') : '');
      openMode.hidden = me?.mode !== 'open';
      theme.value = model.theme;
      language.value = model.language;
      const title = unacknowledged > 0 ? say('app.title.count', { n: unacknowledged }) : say('app.title');
      document.title = model.drill === null ? title : `${say('drill.tag')} ${title}`;
      alarm.update(model);
      tick(model);
    },
    tick: (model) => {
      alarm.tick?.(model);
      tick(model);
    },
  };
}
