import { sendAcknowledgement } from './acknowledge.ts';
import { applyNews, emptyBoard } from './board.ts';
import { fromHead } from './dom.ts';
import { findingsOf } from './doubt.ts';
import { loadMessages, pickLanguage } from './language.ts';
import { layOut } from './layout.ts';
import { mapPane } from './map/pane.ts';
import type { Actions, Model } from './model.ts';
import { askOperator } from './operator.ts';
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
import { openStore } from './store.ts';
import { followStream } from './stream.ts';
import { speak } from './text.ts';
import { withTracks } from './track.ts';

const store = openStore({
  board: emptyBoard,
  nowMs: Date.now(),
  localMs: Date.now(),
  link: { state: 'connecting', heardMs: Date.now(), trouble: null, troubleMs: 0, upgraded: false },
  loaded: false,
  tab: 'alerts',
  filter: 'all',
  selected: decodeURIComponent(location.hash.slice(1)) || null,
  sending: new Map(),
  operator: readOperator(),
  theme: readTheme(),
  language: pickLanguage(readLanguage()),
  seenDoubts: readSeenDoubts(),
  tracks: [],
});
const { change } = store;
const changeLink = (news: Partial<Model['link']>): void => change({ link: { ...store.model.link, ...news } });

async function acknowledge(id: string): Promise<void> {
  const by = await operator();
  if (by === null) return;
  change({ sending: new Map(store.model.sending).set(id, null) });
  const answer = await sendAcknowledgement(id, by);
  const { board } = store.model;
  const sending = new Map(store.model.sending);
  sending.delete(id);
  const record = board.alerts.get(id);
  if (typeof answer === 'string') change({ sending: sending.set(id, answer) });
  else if (record)
    change({ sending, board: applyNews(board, { alerts: [{ ...record, acknowledged: answer }], devices: [] }, false) });
  else change({ sending });
}

const operator = async (): Promise<string | null> => store.model.operator ?? chooseOperator();

async function chooseOperator(): Promise<string | null> {
  const chosen = await askOperator(store.model.operator);
  if (chosen !== null) {
    keepOperator(chosen);
    change({ operator: chosen });
  }
  return chosen;
}

const actions: Actions = {
  select: (selected) => {
    const before = store.model.selected;
    change({ selected });
    history.replaceState(
      null,
      '',
      selected === null ? location.pathname + location.search : `#${encodeURIComponent(selected)}`,
    );
    if (selected === null && before !== null)
      document.querySelector<HTMLElement>(`[data-alert="${CSS.escape(before)}"]`)?.focus();
  },
  acknowledge: (id) => void acknowledge(id),
  showOnMap: (where) => map.show(where),
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
  askOperator: () => void chooseOperator(),
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
  speak(messages);
  store.show(layOut(actions, map));
  document.getElementById('language')?.focus();
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && store.model.selected !== null && !document.querySelector('dialog'))
    actions.select(null);
});

speak(await loadMessages(store.model.language));
const map = mapPane(actions);
store.show(layOut(actions, map));

followStream({
  onOpen: () => changeLink({ state: 'live', heardMs: Date.now() }),
  onLost: () => changeLink({ state: store.model.loaded ? 'lost' : 'connecting' }),
  onNews: (news, whole) => {
    change({ board: applyNews(store.model.board, news, whole), loaded: true });
    changeLink({ state: 'live', heardMs: Date.now() });
  },
  onBeat: ({ nowMs, build, trouble }) => {
    store.setAhead(nowMs - Date.now());
    const troubleMs = store.model.link.trouble === null ? Date.now() : store.model.link.troubleMs;
    const upgraded = build !== fromHead('build');
    changeLink({ state: 'live', heardMs: Date.now(), trouble, troubleMs, upgraded });
  },
});
