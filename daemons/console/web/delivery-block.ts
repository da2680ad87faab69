/** Who was told of an alert, which way and with what outcome, and what each unit answered: all of it apart, as none stands for another. */
import type { Told, Tried } from '../../core/values/delivery.ts';
import { block, fact, facts } from './alert-facts.ts';
import type { AlertRecord } from './board.ts';
import { deskOf } from './desk.ts';
import { type Child, el } from './dom.ts';
import { formatTime } from './format.ts';
import { say } from './text.ts';

export interface DeliveryBlock {
  readonly node: HTMLElement;
  update(record: AlertRecord): void;
}

export function deliveryBlock(): DeliveryBlock {
  const body = el('div');
  const node = block(say('delivery.title'), body);
  let shown = '';
  return {
    node,
    update: (record) => {
      const desk = deskOf(record);
      const now = JSON.stringify([desk?.told, desk?.chainOver]);
      if (now === shown) return;
      shown = now;
      const told = desk?.told ?? [];
      const over = desk?.chainOver;
      body.replaceChildren(
        ...(over
          ? [el('p', { class: 'chain-over' }, '⇧ ', say('delivery.over', { time: formatTime(over.atMs) }))]
          : []),
        ...(told.length === 0 ? [el('p', { class: 'note' }, say('delivery.none'))] : told.map(unitPart)),
      );
    },
  };
}

function unitPart(told: Told): HTMLElement {
  const { unit, tried, unanswered } = told;
  return el(
    'div',
    { class: 'told' },
    el('h4', {}, unit),
    unanswered &&
      el('p', { class: 'chain-over' }, '⇧ ', say('delivery.unanswered', { time: formatTime(unanswered.atMs) })),
    tried.length === 0
      ? el('p', { class: 'note' }, say('delivery.untold'))
      : el('ul', { class: 'tried' }, ...inOrder(tried).map(triedLine)),
    facts(...wordsOf(told)),
  );
}

const inOrder = (tried: readonly Tried[]): readonly Tried[] => tried.toSorted((a, b) => a.claimedMs - b.claimedMs);

const signs = { shown: '▣', sending: '…', sent: '✓', failed: '✗' } as const;

function triedLine({ way, step, state, atMs, grouped, why }: Tried): HTMLElement {
  const how = way === 'page' ? 'shown' : state;
  const also: Child[] = [step < 0 && say('delivery.ended'), grouped && say('delivery.grouped')];
  return el(
    'li',
    { class: `tried-${how}` },
    el('span', { class: 'tried-sign', attrs: { 'aria-hidden': 'true' } }, signs[how]),
    el('b', {}, say(`delivery.way.${way}`)),
    ` ${say(`delivery.state.${how}`)} · ${formatTime(atMs)}`,
    ...also.flatMap((one) => (one ? [` · ${one}`] : [])),
    why !== null && el('span', { class: 'line' }, why),
  );
}

const words = ['received', 'seen', 'acknowledged', 'onScene', 'reported'] as const;

function wordsOf(told: Told): readonly HTMLElement[][] {
  return words.map((what) => {
    const said = told[what];
    const outcome = what === 'reported' && told.reported;
    return fact(
      say(`delivery.word.${what}`),
      said ? el('b', {}, `✓ ${formatTime(said.atMs)}`) : el('span', { class: 'note' }, say('delivery.notYet')),
      said && ` ${said.by}`,
      outcome &&
        el('span', { class: 'line' }, [say(`outcome.${outcome.outcome}`), outcome.text].filter(Boolean).join(': ')),
    );
  });
}
