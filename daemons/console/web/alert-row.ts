import { acknowledgementBox, conditionTag, severityMark, simulatedTag, tag } from './alert-parts.ts';
import { type AlertRecord, isSimulated } from './board.ts';
import { deskTags } from './desk-tags.ts';
import { el, setText } from './dom.ts';
import { isDoubted } from './doubt.ts';
import { doubtTag } from './doubt-block.ts';
import { formatAge, formatMetres, formatPosition } from './format.ts';
import { gist } from './gist.ts';
import type { Actions, Model } from './model.ts';
import { isSilent } from './order.ts';
import { say, word } from './text.ts';

export interface Row {
  readonly node: HTMLLIElement;
  readonly open: HTMLButtonElement;
  update(record: AlertRecord, model: Model): void;
  tick(nowMs: number): void;
}

/** One alert in the list. What it shows is rebuilt only when it differs; the button that holds the focus stays. */
export function alertRow(id: string, actions: Actions): Row {
  const age = el('span', { class: 'row-age' });
  const mark = el('span', { class: 'row-mark' });
  const title = el('span', { class: 'row-title' });
  const tags = el('span', { class: 'row-tags' });
  const seen = el('span', { class: 'row-place' });
  const place = el('span', { class: 'row-place' });
  const open = el(
    'button',
    { class: 'row-open', attrs: { type: 'button', 'data-alert': id }, on: { click: () => actions.select(id) } },
    mark,
    el('span', { class: 'row-head' }, title, age),
    tags,
    seen,
    place,
  );
  const foot = acknowledgementBox(id, actions);
  const node = el('li', { class: 'row' }, open, foot.node);
  let shown: AlertRecord | null = null;
  let shownSilent = false;
  let shownSimulated = false;

  const fill = (record: AlertRecord, model: Model, simulated: boolean): void => {
    const { alert } = record;
    mark.replaceChildren(severityMark(record));
    setText(title, word('kind', alert.kind));
    tags.replaceChildren(
      tag(`tag-${alert.severity}`, say(`severity.${alert.severity}`)),
      tag('tag-plain', say(`certainty.${alert.certainty}`)),
      conditionTag(record, model.nowMs),
      ...(isDoubted(record) ? [doubtTag()] : []),
      ...deskTags(record, model.nowMs),
      ...(simulated ? [simulatedTag()] : []),
    );
    // Of the fleet itself: nothing was measured, and its rule says which box and why.
    const what = record.device === 'centre' ? alert.because.rule : gist(alert.because);
    seen.replaceChildren(el('b', {}, what));
    const where = alert.where
      ? `${formatPosition(alert.where.lat, alert.where.lon)} ±\u00a0${formatMetres(alert.where.ceM)}`
      : say('panel.noPosition');
    place.replaceChildren(el('b', {}, record.device), ` ${record.site} · ${where}`);
  };

  return {
    node,
    open,
    update: (record, model) => {
      const silent = isSilent(record, model.nowMs);
      const simulated = isSimulated(model.board, record);
      const isSame = shown === record && shownSilent === silent && shownSimulated === simulated;
      if (!isSame) fill(record, model, simulated);
      foot.update(record, model);
      shown = record;
      shownSilent = silent;
      shownSimulated = simulated;
      const chosen = model.selected === id;
      node.classList.toggle('row-chosen', chosen);
      node.classList.toggle('row-cleared', record.alert.condition === 'cleared');
      open.setAttribute('aria-current', String(chosen));
      setText(age, formatAge(model.nowMs - record.raisedMs));
    },
    tick: (nowMs) => {
      if (shown) setText(age, formatAge(nowMs - shown.raisedMs));
    },
  };
}
