/** Keys of the whole page, and the sheet that lists them. They are silent while somebody types. */
import { el } from './dom.ts';
import { goTo } from './list-keys.ts';
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

const acts: Readonly<Record<string, (actions: Actions, model: Model) => void>> = {
  j: (actions, model) => step(1, model, actions),
  k: (actions, model) => step(-1, model, actions),
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
    act(actions, read());
  });
}

/** The row after or before the one that is open, as the list of alerts or of boxes has them. */
function step(by: 1 | -1, { tab, selected, device }: Model, actions: Actions): void {
  const isBoxes = tab === 'devices';
  const open = isBoxes ? device : selected;
  const pane = isBoxes ? '#pane-devices' : '#pane-alerts';
  const all = [...document.querySelectorAll<HTMLButtonElement>(`${pane} .row-open`)];
  const at = all.findIndex(({ dataset }) => (isBoxes ? dataset.device : dataset.alert) === open);
  if (!isBoxes) actions.setTab('alerts');
  goTo(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))], ({ dataset }) => {
    if (dataset.device) actions.openDevice(dataset.device, 'list');
    else if (dataset.alert) actions.select(dataset.alert);
  });
}
