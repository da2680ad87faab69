import { sendAcknowledgement } from './acknowledge.ts';
import { alertList } from './alert-list.ts';
import { alertPanel } from './alert-panel.ts';
import { announcer } from './announce.ts';
import { applyNews, emptyBoard } from './board.ts';
import { deviceList } from './device-list.ts';
import { el, fromHead } from './dom.ts';
import { findingsOf } from './doubt.ts';
import { mapPane } from './map/pane.ts';
import type { Actions, Model, View } from './model.ts';
import { askOperator } from './operator.ts';
import {
  keepOperator,
  keepSeenDoubts,
  keepTheme,
  readOperator,
  readSeenDoubts,
  readTheme,
  wearTheme,
} from './settings.ts';
import { followStream } from './stream.ts';
import { strips } from './strips.ts';
import { sideTabs } from './tabs.ts';
import { say } from './text.ts';
import { topbar } from './topbar.ts';
import { withTracks } from './track.ts';

let model: Model = {
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
  seenDoubts: readSeenDoubts(),
  tracks: [],
};
/** The centre's clock less the page's own: ages are told by the centre's. */
let aheadMs = 0;
let isDue = false;

const views: View[] = [];
const timed = (): Model => ({ ...model, localMs: Date.now(), nowMs: Date.now() + aheadMs });

/** Takes a change in and draws once per frame; a hidden tab draws too, so that its title counts. */
function change(news: Partial<Model>): void {
  model = { ...model, ...news };
  if (isDue) return;
  isDue = true;
  const draw = (): void => {
    if (!isDue) return;
    isDue = false;
    model = timed();
    for (const view of views) view.update(model);
  };
  if (document.hidden) setTimeout(draw, 250);
  else requestAnimationFrame(draw);
}

const changeLink = (news: Partial<Model['link']>): void => change({ link: { ...model.link, ...news } });

async function acknowledge(id: string): Promise<void> {
  const by = await operator();
  if (by === null) return;
  change({ sending: new Map(model.sending).set(id, null) });
  const answer = await sendAcknowledgement(id, by);
  const sending = new Map(model.sending);
  sending.delete(id);
  const record = model.board.alerts.get(id);
  if (typeof answer === 'string') change({ sending: sending.set(id, answer) });
  else if (record) {
    const board = applyNews(model.board, { alerts: [{ ...record, acknowledged: answer }], devices: [] }, false);
    change({ sending, board });
  } else change({ sending });
}

const operator = async (): Promise<string | null> => model.operator ?? chooseOperator();

async function chooseOperator(): Promise<string | null> {
  const chosen = await askOperator(model.operator);
  if (chosen !== null) {
    keepOperator(chosen);
    change({ operator: chosen });
  }
  return chosen;
}

const actions: Actions = {
  select: (selected) => {
    const before = model.selected;
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
  askOperator: () => void chooseOperator(),
  operator,
  setProposed: (alert, ways) => change({ tracks: withTracks(model.tracks, 'proposed', alert, ways) }),
  setFlown: (device, ways) => change({ tracks: withTracks(model.tracks, 'flown', device, ways) }),
  dismissDoubts: () => {
    const seenDoubts = new Set([...model.seenDoubts, ...[...model.board.alerts.values()].flatMap(findingsOf)]);
    keepSeenDoubts(seenDoubts);
    change({ seenDoubts });
  },
};

const map = mapPane(actions);
const bar = topbar(actions);
const notes = strips(actions);
const side = sideTabs(actions, [alertList(actions), deviceList(actions)]);
const panel = alertPanel(actions);
const voice = announcer();
views.push(bar, notes, side, map, panel, voice);

document.body.append(
  el('a', { class: 'skip', attrs: { href: '#side' } }, say('app.skip')),
  el(
    'div',
    { class: 'page' },
    bar.node,
    notes.node,
    el('main', { class: 'stage' }, side.node, map.node, panel.node),
    footer(),
  ),
  voice.node,
);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && model.selected !== null && !document.querySelector('dialog')) actions.select(null);
});
setInterval(() => {
  model = timed();
  for (const view of views) view.tick?.(model);
}, 1000);
change({});

followStream({
  onOpen: () => changeLink({ state: 'live', heardMs: Date.now() }),
  onLost: () => changeLink({ state: model.loaded ? 'lost' : 'connecting' }),
  onNews: (news, whole) => {
    change({ board: applyNews(model.board, news, whole), loaded: true });
    changeLink({ state: 'live', heardMs: Date.now() });
  },
  onBeat: ({ nowMs, build, trouble }) => {
    aheadMs = nowMs - Date.now();
    const troubleMs = model.link.trouble === null ? Date.now() : model.link.troubleMs;
    const upgraded = build !== fromHead('build');
    changeLink({ state: 'live', heardMs: Date.now(), trouble, troubleMs, upgraded });
  },
});

function footer(): HTMLElement {
  return el('footer', { class: 'foot' }, el('b', {}, say('app.lead')), ' ', say('app.notSafety'));
}
