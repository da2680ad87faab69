/** What people did with an alert, and what one may do now. */

import { boxOver } from '../../core/desk/over-box.ts';
import { block, fact, facts, moment } from './alert-facts.ts';
import { alertUrl, ask } from './ask.ts';
import type { AlertRecord } from './board.ts';
import { deedButtons } from './deed-buttons.ts';
import { type Act, deskOf, isMuted, isShelved, isWithheld } from './desk.ts';
import { el } from './dom.ts';
import { formatMoment, formatTime } from './format.ts';
import type { Actions, Model } from './model.ts';
import { say, word } from './text.ts';

export interface DeskBlock {
  readonly node: HTMLElement;
  update(record: AlertRecord, model: Model): void;
}

export function deskBlock(id: string, actions: Actions): DeskBlock {
  const state = el('div');
  const buttons = el('div', { class: 'deeds' });
  const trouble = el('p', { class: 'ack-failed', attrs: { role: 'alert' } });
  const list = el('ol', { class: 'acts' });
  const story = el('details', { class: 'sight' }, el('summary', {}, say('act.story')), list);
  const node = block(say('deed.title'), state, buttons, trouble, story);
  let shown = '';
  let told = -1;

  const readStory = async (): Promise<void> => {
    if (!story.open) return;
    const answer = await ask<{ readonly acts: readonly Act[] }>('GET', alertUrl(id, 'acts'));
    if (!answer.ok) list.replaceChildren(el('li', { class: 'note' }, say('sight.failed', { reason: answer.why })));
    else if (answer.body.acts.length === 0) list.replaceChildren(el('li', { class: 'note' }, say('act.none')));
    else list.replaceChildren(...answer.body.acts.map(actLine));
  };
  story.addEventListener('toggle', () => void readStory());

  return {
    node,
    update: (record, model) => {
      const failure = model.acting.get(id);
      trouble.hidden = failure == null;
      trouble.textContent = failure == null ? '' : say('ack.failed', { reason: failure });
      const desk = deskOf(record);
      const { nowMs } = model;
      const now = JSON.stringify([
        ...[desk, failure === null, isMuted(record, nowMs), isShelved(record, nowMs), model.me?.rights],
        ...[model.shift, record.acknowledged === null, model.operator],
      ]);
      if (now !== shown) {
        shown = now;
        state.replaceChildren(...stateOf(record, model));
        buttons.replaceChildren(...deedButtons(record, model, actions));
      }
      if ((desk?.acts ?? 0) !== told) void readStory();
      told = desk?.acts ?? 0;
    },
  };
}

function stateOf(record: AlertRecord, { nowMs }: Model): HTMLElement[] {
  const desk = deskOf(record);
  if (!desk) return [el('p', { class: 'note' }, say('deed.none'))];
  const { assigned, resolved, escalated, accepted, muted, shelved, duplicateOf, duplicates, dwelling } = desk;
  const said = (by: string, text: string): HTMLElement =>
    el('span', { class: 'utc' }, text === '' ? by : `${by}: ${text}`);
  const rows = [
    ...(resolved
      ? [fact(say('desk.resolved'), el('b', {}, say(`outcome.${resolved.outcome}`)), said(resolved.by, resolved.text))]
      : []),
    ...(assigned !== null ? [fact(say('desk.assigned'), assigned)] : []),
    ...(escalated
      ? [fact(say('desk.escalated'), say('desk.level', { level: escalated.level }), said(escalated.why, ''))]
      : []),
    ...(accepted ? [fact(say('desk.accepted'), accepted.by, moment(accepted.atMs))] : []),
    ...(muted && isMuted(record, nowMs)
      ? [fact(say('desk.muted'), formatMoment(muted.untilMs), said(muted.by, ''))]
      : []),
    ...(shelved && isShelved(record, nowMs)
      ? [fact(say('desk.shelved'), formatMoment(shelved.untilMs), said(shelved.by, shelved.reason))]
      : []),
    ...(duplicateOf !== null ? [fact(say('desk.duplicateOf'), alertLink(duplicateOf))] : []),
    ...(duplicates.length > 0
      ? [
          fact(
            say('desk.duplicates'),
            ...duplicates.flatMap((one, i) => (i > 0 ? [', ', alertLink(one)] : [alertLink(one)])),
          ),
        ]
      : []),
  ];
  return [
    ...(dwelling && dwelling.touches.length > 0 ? [dwellingNote(record, dwelling)] : []),
    rows.length > 0 ? facts(...rows) : el('p', { class: 'note' }, say('deed.none')),
  ];
}

/** Where people live: who may know of it is decided by a person. */
function dwellingNote(
  record: AlertRecord,
  { touches, corroborated, released }: NonNullable<NonNullable<ReturnType<typeof deskOf>>['dwelling']>,
): HTMLElement {
  const state = released
    ? say('dwelling.released', { by: released.by })
    : corroborated
      ? say('dwelling.corroborated', { by: corroborated.by })
      : say('dwelling.waits');
  return el(
    'div',
    { class: isWithheld(record) ? 'dwelling dwelling-withheld' : 'dwelling' },
    el('b', {}, '⌂ ', say('dwelling.touches', { n: touches.length })),
    el('p', {}, touches.slice(0, 5).join(', ')),
    el('p', {}, state),
  );
}

const alertLink = (id: string): HTMLElement => el('a', { attrs: { href: `#${encodeURIComponent(id)}` } }, id);

/** One act, as a sentence: when, who, what, and in whose words. */
function actLine({ atMs, by, deed, other, key, doneMs }: Act): HTMLElement {
  const what = word('act', deed.what);
  const detail = detailOf(deed) || (other ?? '');
  const words = 'text' in deed ? deed.text : 'why' in deed ? (deed.why ?? '') : 'reason' in deed ? deed.reason : '';
  const box = boxOver(key);
  return el(
    'li',
    {},
    el('span', { class: 'utc' }, `${formatTime(atMs)} · ${by === 'centre' ? say('act.centre') : by}`),
    el('b', {}, what),
    detail !== '' && ` ${detail}`,
    // What was done at a box is heard of later, and when it was done is by the clock of the box.
    box !== null && el('span', { class: 'line' }, say('act.over-box', { device: box })),
    box !== null &&
      el(
        'span',
        { class: 'line' },
        say(doneMs === undefined ? 'act.done-unknown' : 'act.done', { time: formatMoment(doneMs ?? atMs) }),
      ),
    words !== '' && el('span', { class: 'line' }, words),
  );
}

function detailOf(deed: Act['deed']): string {
  switch (deed.what) {
    case 'resolve':
      return say(`outcome.${deed.outcome}`);
    case 'assign':
      return deed.unit ?? say('act.nobody');
    case 'link':
      return deed.to;
    case 'tell':
    case 'told':
      return `${deed.unit} · ${say(`delivery.way.${deed.way}`)}`;
    case 'mute':
    case 'shelve':
      return say('act.until', { time: formatMoment(deed.untilMs) });
    default:
      return '';
  }
}
