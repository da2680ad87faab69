import { el } from './dom.ts';
import type { Actions, Model, View } from './model.ts';
import { say } from './text.ts';

const names = ['alerts', 'devices'] as const;

/** Alerts or devices; arrow keys change between them, as in every tab list. */
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
    const other = tabs.findIndex((tab) => tab.getAttribute('aria-selected') !== 'true');
    const name = names[other];
    if (name) actions.setTab(name);
    tabs[other]?.focus();
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
        const isChosen = names[i] === model.tab;
        tab.setAttribute('aria-selected', String(isChosen));
        tab.tabIndex = isChosen ? 0 : -1;
      });
    },
    tick: (model) => {
      for (const pane of panes) pane.tick?.(model);
    },
  };
}
