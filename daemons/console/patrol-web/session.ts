/** Who is at this phone, and what a session that is over leaves here. */

import { el } from '../web/dom.ts';
import { statePurpose } from '../web/enter.ts';
import { languageNames } from '../web/language.ts';
import { linkInAddress, logIn } from '../web/login.ts';
import { isStranger, type Me, readMe } from '../web/me.ts';
import { languages } from '../web/settings.ts';
import { keepWake } from './choices.ts';
import type { Vault } from './kept.ts';
import { names, type Who } from './kept.ts';
import type { Store } from './store.ts';
import { keepOrWipe, sleepOn } from './wipe.ts';
import { say } from './words.ts';

export interface Session {
  /** Asks the centre who is logged in, and acts on it. */
  check(): Promise<'known' | 'stranger' | 'unheard'>;
  /** Fills the page until somebody is logged in. */
  enter(notice: string | null): Promise<void>;
}

interface Around {
  readonly store: Store;
  readonly vault: Vault;
  /** Puts the page's own screen back. */
  readonly show: () => void;
  /** Alerts of somebody else went. */
  readonly onForgotten: () => void;
  /** The centre took the session away, and nothing is kept any more. */
  readonly onWiped: () => void;
}

const whoOf = ({ mode, account, csrf }: Me): Who => ({
  account: mode === 'login' ? (account?.id ?? '') : '',
  unit: account?.role === 'patrol' ? account.unit : null,
  csrf,
});

export function openSession({ store, vault, show, onForgotten, onWiped }: Around): Session {
  /** Somebody else's alerts do not stay; words of the one before wait for them, unread. */
  const take = async (me: Me): Promise<void> => {
    await vault.reopen();
    const [who, before] = [whoOf(me), await vault.read<Who>(names.who)];
    if (before && before.account !== who.account) {
      for (const name of await vault.names()) await vault.remove(name);
      await sleepOn();
      keepWake(false);
      onForgotten();
      store.change({
        gone: [],
        cards: new Map(),
        board: { ...store.state.board, alerts: new Map(), devices: new Map() },
      });
    }
    await vault.write(names.who, who);
    const words = (await vault.words.all()).filter(({ account }) => account === who.account);
    store.change({
      who,
      session: 'known',
      words,
      calledHelp: before?.account === who.account ? store.state.calledHelp : [],
    });
  };

  const lookAt = async (me: Me): Promise<'known' | 'stranger' | 'unheard'> => {
    if (!isStranger(me)) {
      await take(me.mode === 'login' && me.purpose === null ? await statePurpose(me) : me);
      return 'known';
    }
    const { who } = store.state;
    if (!who) return 'stranger';
    const keep = await keepOrWipe(vault, fetch, who.account);
    if (keep === null) return 'unheard';
    if (keep) store.change({ session: 'ended' });
    else onWiped();
    return 'stranger';
  };

  const languageChoice = (): HTMLElement => {
    const select = el(
      'select',
      { class: 'field', attrs: { 'aria-label': say('language.label') } },
      ...languages.map((one) =>
        el('option', { attrs: { value: one, lang: one, selected: one === store.state.language } }, languageNames[one]),
      ),
    );
    select.addEventListener('change', () => setLanguage(languages[select.selectedIndex] ?? 'en'));
    return select;
  };

  const setLanguage = (language: (typeof languages)[number]): void => {
    localStorage.setItem('fieldpost.language', language);
    location.reload();
  };

  return {
    check: async () => {
      const me = await readMe();
      return me === null ? 'unheard' : lookAt(me);
    },
    enter: async (notice) => {
      for (;;) {
        const me = await readMe();
        if (me) {
          const above = el(
            'div',
            {},
            notice !== null && el('p', { class: 'strip strip-ended', attrs: { role: 'alert' } }, notice),
            languageChoice(),
          );
          const next = isStranger(me) || linkInAddress() !== null ? await logIn(me, above) : me;
          await lookAt(next);
          show();
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
    },
  };
}
