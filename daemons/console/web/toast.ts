import { el } from './dom.ts';
import { say } from './text.ts';

/** Long enough to read and to reach; what can be undone here can be undone on the alert as well. */
const shownMs = 12_000;

const box = el('div', { class: 'toasts', attrs: { role: 'status', 'aria-live': 'polite' } });

/** Where the toasts are; put on the page anew with every layout. */
export const toasts = (): HTMLElement => box;

/** Says shortly what was done, and how to undo it. */
export function toast(text: string, undo?: () => void): void {
  const close = (): void => note.remove();
  const note = el(
    'p',
    { class: 'toast' },
    el('span', {}, text),
    undo !== undefined &&
      el(
        'button',
        {
          class: 'button',
          attrs: { type: 'button' },
          on: {
            click: () => {
              close();
              undo();
            },
          },
        },
        say('toast.undo'),
      ),
    el(
      'button',
      { class: 'button', attrs: { type: 'button', 'aria-label': say('panel.close') }, on: { click: close } },
      '×',
    ),
  );
  box.append(note);
  while (box.childElementCount > 3) box.firstElementChild?.remove();
  const leave = (): void => {
    if (note.matches(':hover, :focus-within')) setTimeout(leave, shownMs);
    else close();
  };
  setTimeout(leave, shownMs);
}
