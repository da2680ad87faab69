/** What the blocks of a box share. */
import { type Child, el } from './dom.ts';
import { formatAge } from './format.ts';
import { say } from './text.ts';

export interface DeviceBlock<T> {
  readonly node: HTMLElement;
  update(told: T): void;
}

export const factRow = (name: string, ...value: readonly Child[]): readonly HTMLElement[] => [
  el('dt', {}, name),
  el('dd', {}, ...value),
];

export const titled = (title: string, ...content: readonly Child[]): HTMLElement =>
  el('section', { class: 'block' }, el('h3', {}, title), ...content);

/** A table that can be scrolled by keys where it is wider than the page. */
export const tableOf = (name: string, head: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement =>
  el(
    'div',
    { class: 'table-scroll', attrs: { tabindex: 0, role: 'region', 'aria-label': name } },
    el(
      'table',
      { class: 'evidence' },
      el('thead', {}, el('tr', {}, ...head.map((one) => el('th', { attrs: { scope: 'col' } }, one)))),
      el(
        'tbody',
        {},
        ...rows.map(([first, ...rest]) =>
          el('tr', {}, el('th', { attrs: { scope: 'row' } }, first), ...rest.map((one) => el('td', {}, one))),
        ),
      ),
    ),
  );

export const note = (text: string): HTMLElement => el('p', { class: 'note' }, text);

/** When it was heard; a box that was made known and never spoke has no such time. */
export const seenWords = ({ lastSeenMs }: { readonly lastSeenMs: number }, nowMs: number): string =>
  lastSeenMs > 0 ? say('device.seen', { age: formatAge(nowMs - lastSeenMs) }) : say('device.unheard');

export const deviceUrl = (device: string, tail = ''): string => `/api/devices/${encodeURIComponent(device)}${tail}`;
