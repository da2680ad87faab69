/** Keys of the whole page, and the sheet that lists them. They are silent while somebody types. */
import { el } from './dom.ts';
import type { Actions, Model } from './model.ts';
import { say } from './text.ts';

const sheet = [
  ['j', 'key.next'],
  ['k', 'key.before'],
  ['Enter', 'key.open'],
  ['a', 'key.acknowledge'],
  ['g', 'key.assign'],
  ['n', 'key.note'],
  ['r', 'key.resolve'],
  ['s', 'key.shelve'],
  ['m', 'key.map'],
  ['/', 'key.search'],
  ['Esc', 'key.close'],
  ['?', 'key.sheet'],
] as const;

export function showKeys(): void {
  const close = el('button', { class: 'button button-primary' }, say('panel.close'));
  const rows = sheet.flatMap(([key, text]) => [el('dt', {}, el('kbd', {}, key)), el('dd', {}, say(text))]);
  const form = el(
    'form',
    { attrs: { method: 'dialog' } },
    el('h2', { attrs: { id: 'keys-title' } }, say('key.title')),
    el('dl', { class: 'facts keys' }, ...rows),
    el('div', { class: 'dialog-foot' }, close),
  );
  const dialog = el('dialog', { class: 'dialog', attrs: { 'aria-labelledby': 'keys-title' } }, form);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}

const typing = 'input, textarea, select, [contenteditable]';

const acts: Readonly<Record<string, (actions: Actions, selected: string | null) => void>> = {
  j: (actions, selected) => step(1, selected, actions),
  k: (actions, selected) => step(-1, selected, actions),
  '?': () => showKeys(),
  '/': (actions) => {
    actions.setTab('history');
    setTimeout(() => document.getElementById('history-text')?.focus(), 50);
  },
  m: () => document.querySelector<HTMLElement>('.map-canvas canvas, .map-canvas svg')?.focus(),
  ...Object.fromEntries(
    ['g', 'n', 'r', 's'].map((key) => [
      key,
      () => document.querySelector<HTMLElement>(`.panel [data-deed="${key}"]`)?.click(),
    ]),
  ),
};

export function listenToKeys(read: () => Model, actions: Actions): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    const { selected } = read();
    if (event.key === 'Escape' && selected !== null) return actions.select(null);
    if (event.key === 'Escape' && read().device !== null) return actions.openDevice(null);
    if (!(event.target instanceof Element) || event.target.closest(typing)) return;
    // In the list the row that holds the focus is meant; it answers itself.
    if (event.key === 'a' && !event.target.closest('.list .row'))
      document.querySelector<HTMLElement>('.panel [data-ack]')?.click();
    const act = Object.hasOwn(acts, event.key) ? acts[event.key] : undefined;
    if (!act) return;
    event.preventDefault();
    act(actions, selected);
  });
}

/** The alert after or before the one that is open, as the list has them. */
function step(by: 1 | -1, selected: string | null, actions: Actions): void {
  const all = [...document.querySelectorAll<HTMLElement>('#pane-alerts .row-open')];
  const at = all.findIndex((one) => one.dataset.alert === selected);
  const next = at < 0 ? all[0] : all[Math.min(all.length - 1, Math.max(0, at + by))];
  if (!next?.dataset.alert) return;
  actions.setTab('alerts');
  next.focus();
  actions.select(next.dataset.alert);
}
