import type { Right } from '../../core/access/roles.ts';
import { el } from './dom.ts';
import { type Actions, type Model, may, tabs as names, type Tab, type View } from './model.ts';
import { say } from './text.ts';

/** A tab is there for whoever may do one of these. */
const needed: Readonly<Record<Tab, readonly Right[]>> = {
  alerts: ['alerts.read', 'alerts.read-own'],
  devices: ['devices.read'],
  history: ['history.search'],
  shift: ['shift.hand', 'alerts.handle', 'drill.run'],
  people: ['accounts.write', 'tokens.write', 'audit.read'],
};
const mayOpen = (model: Model, tab: Tab): boolean =>
  (tab === 'people' && model.me?.mode === 'login') ||
  (needed[tab].some((right) => may(model, right)) && !(tab === 'people' && model.me?.mode === 'open'));

/** What stands beside the map; arrow keys change between them, as in every tab list. */
export function sideTabs(actions: Actions, panes: readonly View[]): View {
  const tabs = names.map((name) =>
    el(
      'button',
      {
        class: 'tab',
        attrs: { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `pane-${name}` },
        on: { click: () => actions.setTab(name) },
      },
      say(`tab.${name}`),
    ),
  );
  const bar = el('div', { class: 'tabs', attrs: { role: 'tablist' } }, ...tabs);
  bar.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
    const seen = tabs.filter((tab) => !tab.hidden);
    const at = seen.findIndex((tab) => tab.getAttribute('aria-selected') === 'true');
    const next = seen[(at + (event.key === 'ArrowRight' ? 1 : seen.length - 1)) % seen.length];
    next?.click();
    next?.focus();
  });
  const node = el(
    'section',
    { class: 'side', attrs: { id: 'side', tabindex: -1 } },
    bar,
    ...panes.map((pane) => pane.node),
  );

  return {
    node,
    update: (model: Model) => {
      for (const pane of panes) pane.update(model);
      tabs.forEach((tab, i) => {
        const name = names[i];
        tab.hidden = name === undefined || !mayOpen(model, name);
        const isChosen = name === model.tab;
        tab.setAttribute('aria-selected', String(isChosen));
        tab.tabIndex = isChosen ? 0 : -1;
      });
    },
    tick: (model) => {
      for (const pane of panes) pane.tick?.(model);
    },
  };
}
