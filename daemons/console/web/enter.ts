/** From the open address to somebody who is known, with a purpose: before that nothing of an alert is asked for. */
import { ask } from './ask.ts';
import { askFor, isSaid } from './dialog.ts';
import { el } from './dom.ts';
import { languageNames } from './language.ts';
import { logIn } from './login.ts';
import { isStranger, type Me, readMe } from './me.ts';
import { type Language, languages } from './settings.ts';
import { say } from './text.ts';

const retryMs = 2000;

/** Resolves once somebody may look. A console that is away is asked again: the page has nothing else to do. */
export async function enter(language: Language, setLanguage: (language: Language) => void): Promise<Me> {
  for (;;) {
    const me = await readMe();
    if (me && !isStranger(me)) return stated(me);
    if (me) return stated(await logIn(me, choice(language, setLanguage)));
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

/** The language is kept and the page loaded anew: there is nothing on it yet that could be lost. */
function choice(language: Language, setLanguage: (language: Language) => void): HTMLElement {
  const select = el(
    'select',
    { class: 'button', attrs: { 'aria-label': say('language.label') } },
    ...languages.map((one) =>
      el('option', { attrs: { value: one, lang: one, selected: one === language } }, languageNames[one]),
    ),
  );
  select.addEventListener('change', () => setLanguage(languages[select.selectedIndex] ?? 'en'));
  return select;
}

async function stated(me: Me): Promise<Me> {
  const looks = me.rights.includes('alerts.read') || me.rights.includes('alerts.read-own');
  return me.mode === 'login' && me.purpose === null && looks ? statePurpose(me) : me;
}

let asking: Promise<Me> | null = null;

/** Every look at an alert is logged with why somebody looks: asked once a session, and whenever the centre asks again. */
export function statePurpose(me: Me | null): Promise<Me> {
  asking ??= askPurpose(me).finally(() => {
    asking = null;
  });
  return asking;
}

async function askPurpose(me: Me | null): Promise<Me> {
  for (;;) {
    const said = await askFor({
      title: say('purpose.title'),
      explain: say('purpose.explain'),
      fields: [
        {
          ...{ name: 'text', label: say('purpose.text'), value: me?.purpose?.text ?? '', right: say('purpose.right') },
          isRight: (text) => text.length >= 3,
        },
        {
          name: 'case',
          label: say('purpose.case'),
          value: me?.purpose?.case ?? '',
          isRight: isSaid,
          right: say('purpose.case.right'),
        },
      ],
      does: say('purpose.state'),
      send: async (purpose) => {
        const answer = await ask('POST', '/api/purpose', purpose);
        return answer.ok ? null : answer.why;
      },
    });
    const next = said === null ? null : await readMe();
    if (next) return next;
  }
}
