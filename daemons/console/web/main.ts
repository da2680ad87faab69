import { ask, whenRefused } from './ask.ts';
import { type Arriving, arrive, emptyBoard } from './board.ts';
import { openDeeds } from './deeds.ts';
import { fromHead } from './dom.ts';
import { findingsOf } from './doubt.ts';
import { enter, statePurpose } from './enter.ts';
import { listenToKeys } from './keys.ts';
import { loadMessages, pickLanguage } from './language.ts';
import { layOut } from './layout.ts';
import { type MapPane, mapPane } from './map/pane.ts';
import { type Actions, type Model, may } from './model.ts';
import { askOperator } from './operator.ts';
import { placeOf } from './place.ts';
import {
  keepLanguage,
  keepOperator,
  keepSeenDoubts,
  keepTheme,
  readLanguage,
  readOperator,
  readSeenDoubts,
  readTheme,
  wearTheme,
} from './settings.ts';
import type { ShiftState } from './shift-pane.ts';
import { openStore } from './store.ts';
import { followStream } from './stream.ts';
import { speak } from './text.ts';
import { withTracks } from './track.ts';

/** How often the shift is asked for: it changes twice a day, and at every acceptance during a change. */
const shiftMs = 10_000;

const store = openStore({
  board: emptyBoard,
  nowMs: Date.now(),
  localMs: Date.now(),
  link: { state: 'connecting', heardMs: Date.now(), trouble: null, troubleMs: 0, upgraded: false },
  loaded: false,
  tab: 'alerts',
  filter: 'all',
  ...placeOf(location.hash),
  focus: 'panel',
  sending: new Map(),
  acting: new Map(),
  me: null,
  shift: null,
  drill: null,
  opened: null,
  operator: readOperator(),
  theme: readTheme(),
  language: pickLanguage(readLanguage()),
  seenDoubts: readSeenDoubts(),
  tracks: [],
});
const { change } = store;
const changeLink = (news: Partial<Model['link']>): void => change({ link: { ...store.model.link, ...news } });

/** Who acts: the login says it, else the person does. */
const operator = async (): Promise<string | null> =>
  store.model.me?.account?.id ?? store.model.operator ?? chooseOperator();

async function chooseOperator(): Promise<string | null> {
  const chosen = await askOperator(store.model.operator);
  if (chosen !== null) {
    keepOperator(chosen);
    change({ operator: chosen });
  }
  return chosen;
}

/** What is open stands in the address: it can be sent to a colleague. */
function remember(): void {
  const { selected, device } = store.model;
  const bare = location.pathname + location.search;
  const open = device === null ? bare : `#device/${encodeURIComponent(device)}`;
  history.replaceState(null, '', selected === null ? open : `#${encodeURIComponent(selected)}`);
}

/** Null until somebody is known: before that the page has no map. */
let map: MapPane | null = null;

const actions: Actions = {
  select: (selected) => {
    const before = store.model.selected;
    change({ selected });
    remember();
    if (selected === null && before !== null)
      document.querySelector<HTMLElement>(`[data-alert="${CSS.escape(before)}"]`)?.focus();
  },
  openDevice: (device, focus = 'panel') => {
    const before = store.model.device;
    change({ device, selected: null, focus });
    remember();
    if (device === null && before !== null)
      document.querySelector<HTMLElement>(`[data-device="${CSS.escape(before)}"]`)?.focus();
  },
  ...openDeeds(store, operator),
  open: (opened) => {
    change({ opened });
    actions.select(opened.alert.id);
  },
  signed: (by) => (store.model.me?.mode === 'login' ? {} : { by }),
  readShift: async () => {
    if (!may(store.model, 'alerts.read')) return;
    const shift = await ask<ShiftState>('GET', '/api/shift');
    if (shift.ok && JSON.stringify(shift.body) !== JSON.stringify(store.model.shift)) change({ shift: shift.body });
  },
  leave: () => void ask('POST', '/api/logout', {}).then(() => location.reload()),
  showOnMap: (where) => map?.show(where),
  setTab: (tab) => change({ tab }),
  setFilter: (filter) => change({ filter }),
  setTheme: (theme) => {
    keepTheme(theme);
    wearTheme(theme);
    change({ theme });
  },
  setLanguage: (language) => {
    keepLanguage(language);
    change({ language });
    void speakPage();
  },
  askOperator: () => {
    if (store.model.me?.account) change({ tab: 'people' });
    else void chooseOperator();
  },
  operator,
  setProposed: (alert, ways) => change({ tracks: withTracks(store.model.tracks, 'proposed', alert, ways) }),
  setFlown: (device, ways) => change({ tracks: withTracks(store.model.tracks, 'flown', device, ways) }),
  dismissDoubts: () => {
    const all = [...store.model.board.alerts.values()].flatMap(findingsOf);
    const seenDoubts = new Set([...store.model.seenDoubts, ...all]);
    keepSeenDoubts(seenDoubts);
    change({ seenDoubts });
  },
};

/** Loads the language that is wished for and says the whole page anew in it. A later wish overtakes an earlier one. */
async function speakPage(): Promise<void> {
  const { language } = store.model;
  const messages = await loadMessages(language);
  if (language !== store.model.language) return;
  if (!map) return location.reload();
  speak(messages);
  store.show(layOut(actions, map));
  if (store.model.me?.mode === 'login') void ask('POST', '/api/language', { language });
  document.getElementById('language')?.focus();
}

listenToKeys(() => store.model, actions);
window.addEventListener('hashchange', () => change(placeOf(location.hash)));

speak(await loadMessages(store.model.language));
change({ me: await enter(store.model.language, (language) => void actions.setLanguage(language)) });
const wished = store.model.me?.account?.language;
// What was chosen at this browser goes before what the account says.
if (wished && readLanguage() === null && wished !== store.model.language) {
  change({ language: wished });
  speak(await loadMessages(wished));
}
whenRefused((status) => void (status === 401 ? location.reload() : statePurpose(store.model.me)));
map = mapPane(actions);
store.show(layOut(actions, map));
void actions.readShift();
setInterval(() => void actions.readShift(), shiftMs);

let coming: Arriving['coming'] = null;
followStream({
  onOpen: () => changeLink({ state: 'live', heardMs: Date.now() }),
  onLost: () => {
    coming = null;
    changeLink({ state: store.model.loaded ? 'lost' : 'connecting' });
  },
  onNews: (news, whole) => {
    const arrived = arrive({ shown: store.model.board, coming }, news, whole);
    ({ coming } = arrived);
    const board = arrived.shown;
    const settled = news.alerts.filter(({ alert, acknowledged }) => acknowledged && store.model.sending.has(alert.id));
    const sending = new Map(store.model.sending);
    for (const { alert } of settled) sending.delete(alert.id);
    change({ board, loaded: true, sending });
    changeLink({ state: 'live', heardMs: Date.now() });
  },
  onBeat: ({ nowMs, build, trouble, drill = null }) => {
    store.setAhead(nowMs - Date.now());
    const troubleMs = store.model.link.trouble === null ? Date.now() : store.model.link.troubleMs;
    const upgraded = build !== fromHead('build');
    changeLink({ state: 'live', heardMs: Date.now(), trouble, troubleMs, upgraded });
    if (JSON.stringify(drill) !== JSON.stringify(store.model.drill)) change({ drill });
  },
});
