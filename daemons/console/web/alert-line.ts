/** An alert in a line, where many are listed that need no deed: of a box, of the past. */
import { severityMark, tag } from './alert-parts.ts';
import type { AlertRecord } from './board.ts';
import { deskOf, isDrill } from './desk.ts';
import { el } from './dom.ts';
import type { Actions } from './model.ts';
import { say, word } from './text.ts';

export interface Line {
  readonly place: readonly (HTMLElement | string)[];
  /** Whether it tells if the alert is over. */
  readonly withCondition: boolean;
}

export function alertLine(record: AlertRecord, actions: Actions, { place, withCondition }: Line): HTMLElement {
  const { alert } = record;
  const resolved = deskOf(record)?.resolved;
  const open = el(
    'button',
    { class: 'row-open', attrs: { type: 'button' }, on: { click: () => actions.open(record) } },
    el('span', { class: 'row-mark' }, severityMark(record)),
    el('span', { class: 'row-head' }, el('span', { class: 'row-title' }, word('kind', alert.kind))),
    el(
      'span',
      { class: 'row-tags' },
      tag(`tag-${alert.severity}`, say(`severity.${alert.severity}`)),
      withCondition && tag(`tag-${alert.condition}`, say(`condition.${alert.condition}`)),
      resolved != null && tag('tag-plain', say(`outcome.${resolved.outcome}`)),
      isDrill(record) && tag('tag-drill', say('drill.tag')),
    ),
    el('span', { class: 'row-place' }, ...place),
  );
  return el('li', { class: 'row' }, open);
}
