/** Which calibration is due when: of one box, or of all. */
import type { DueAnswer } from '../devices/shapes.ts';
import { ask } from './ask.ts';
import { deviceKey } from './board.ts';
import { note, tableOf } from './device-parts.ts';
import { el, setText } from './dom.ts';
import { formatAge, formatDay } from './format.ts';
import type { Actions } from './model.ts';
import { say } from './text.ts';

type Due = DueAnswer['rows'][number];
/** Rows of one look; whoever has more has other troubles. */
const mostRows = 200;
const soonMs = 14 * 86_400_000;
const lookMs = 2000;

/** `actions`: null where the box need not be named. */
export function dueTable(rows: readonly Due[], nowMs: number, actions: Actions | null): HTMLElement {
  const whenOf = ({ validUntilMs }: Due): HTMLElement => {
    const left = validUntilMs - nowMs;
    const day = formatDay(validUntilMs);
    if (left < 0) return el('b', { class: 'gap' }, say('due.over', { day, age: formatAge(-left) }));
    return el(left < soonMs ? 'b' : 'span', {}, say('due.until', { day, age: formatAge(left) }));
  };
  const boxOf = (one: Due): HTMLElement =>
    el(
      'button',
      { class: 'link-button', attrs: { type: 'button' }, on: { click: () => actions?.openDevice(deviceKey(one)) } },
      one.device,
    );
  const what = ({ quantity, sensor }: Due): HTMLElement =>
    el('span', {}, quantity, sensor === undefined ? null : el('span', { class: 'sensor' }, sensor));
  const sorted = rows.toSorted((a, b) => a.validUntilMs - b.validUntilMs).slice(0, mostRows);
  return tableOf(
    say('due.title'),
    [...(actions ? [say('due.device')] : []), say('due.quantity'), say('due.when'), say('due.made')],
    sorted.map((one) => [...(actions ? [boxOf(one)] : []), what(one), whenOf(one), formatDay(one.atMs)]),
  );
}

/** Of all boxes; asked for when it is opened, and again while the centre still looks. */
export function dueList(actions: Actions, nowMs: () => number): HTMLElement {
  const state = el('p', { class: 'note', attrs: { role: 'status' } });
  const into = el('div');
  const node = el('details', { class: 'sight' }, el('summary', {}, say('due.title')), state, into);
  const read = async (): Promise<void> => {
    if (!node.open) return;
    const answer = await ask<DueAnswer>('GET', '/api/calibrations/due');
    if (!answer.ok) return setText(state, say('sight.failed', { reason: answer.why }));
    const { rows, looked, of, atMs, trouble } = answer.body;
    const goes = looked < of;
    if (trouble !== null) setText(state, say('sight.failed', { reason: trouble }));
    else setText(state, goes ? say('due.looking', { n: looked, of }) : say('due.count', { n: rows.length }));
    into.replaceChildren(rows.length > 0 ? dueTable(rows, nowMs(), actions) : note(goes ? '' : say('due.none')));
    if (goes || atMs === null) window.setTimeout(() => void read(), of === 0 ? lookMs * 5 : lookMs);
  };
  node.addEventListener('toggle', () => void read());
  return node;
}
