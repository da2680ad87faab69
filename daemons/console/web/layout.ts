import { alertList } from './alert-list.ts';
import { alertPanel } from './alert-panel.ts';
import { announcer } from './announce.ts';
import { deviceList } from './device-list.ts';
import { devicePanel } from './device-panel.ts';
import { el } from './dom.ts';
import { historyPane } from './history-pane.ts';
import type { MapPane } from './map/pane.ts';
import type { Actions, View } from './model.ts';
import { peoplePane } from './people-pane.ts';
import { shiftPane } from './shift-pane.ts';
import { strips } from './strips.ts';
import { sideTabs } from './tabs.ts';
import { locale, say } from './text.ts';
import { toasts } from './toast.ts';
import { topbar } from './topbar.ts';

/** Puts the whole page up, in the language that is spoken now. The map is kept: it costs a second, and a person has moved it. */
export function layOut(actions: Actions, map: MapPane): readonly View[] {
  const bar = topbar(actions);
  const notes = strips(actions);
  const side = sideTabs(actions, [
    alertList(actions),
    deviceList(actions),
    historyPane(actions),
    shiftPane(actions),
    peoplePane(actions),
  ]);
  const panel = alertPanel(actions);
  const box = devicePanel(actions);
  const voice = announcer();
  document.documentElement.lang = locale().slice(0, 2);
  map.translate();
  document.body.replaceChildren(
    el('a', { class: 'skip', attrs: { href: '#side' } }, say('app.skip')),
    el(
      'div',
      { class: 'page' },
      bar.node,
      notes.node,
      el('main', { class: 'stage' }, side.node, map.node, panel.node, box.node),
      el('footer', { class: 'foot' }, el('b', {}, say('app.lead')), ' ', say('app.notSafety')),
    ),
    voice.node,
    toasts(),
  );
  return [bar, notes, side, map, panel, box, voice];
}
