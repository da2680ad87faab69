import { el } from '../web/dom.ts';
import { callView } from './call-view.ts';
import { helpButton, strips, topBar } from './frame-view.ts';
import { listView } from './list-view.ts';
import { menuView } from './menu-view.ts';
import type { Actions, State } from './state.ts';

/** The whole screen anew. It is small; the focus stays on what it was on, and the place in a list as well. */
export function drawOn(root: HTMLElement, state: State, actions: Actions): void {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
  const scrolled = window.scrollY;
  const record = state.open === null ? undefined : state.board.alerts.get(state.open);
  const main = state.isMenu
    ? menuView(state, actions)
    : record
      ? callView(state, record, actions)
      : listView(state, actions);
  const isPatrol = state.who?.unit != null;
  root.replaceChildren(
    topBar(state, actions),
    el('div', { class: 'strips' }, ...strips(state, actions)),
    main,
    ...(isPatrol ? [helpButton(actions)] : []),
  );
  window.scrollTo(0, scrolled);
  if (focused !== undefined)
    root.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}
