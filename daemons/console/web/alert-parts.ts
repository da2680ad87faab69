import type { AlertRecord } from './board.ts';
import { type Child, el } from './dom.ts';
import { formatTime } from './format.ts';
import type { Actions, Model } from './model.ts';
import { isSilent } from './order.ts';
import { severityIcon } from './shapes.ts';
import { say } from './text.ts';

export const tag = (kind: string, ...text: readonly Child[]): HTMLElement =>
  el('span', { class: `tag ${kind}` }, ...text);

export const simulatedTag = (): HTMLElement => tag('tag-simulated', say('simulated.tag'));

/** Shape, letter and word of the severity. */
export function severityMark({ alert }: AlertRecord): SVGSVGElement {
  return severityIcon(alert.severity, alert.condition === 'cleared', say(`severity.${alert.severity}.letter`));
}

/** What the box last said of the condition, or that its silence means it is unknown. */
export function conditionTag(record: AlertRecord, nowMs: number): HTMLElement {
  if (isSilent(record, nowMs)) return tag('tag-silent', '? ', say('condition.silent'));
  const { condition } = record.alert;
  const sign = { raised: '▲ ', held: '■ ', cleared: '○ ' }[condition];
  return tag(`tag-${condition}`, sign, say(`condition.${condition}`));
}

export interface AcknowledgementBox {
  readonly node: HTMLElement;
  update(record: AlertRecord, model: Model): void;
}

/**
 * Who acknowledged and when, or the button to do it; apart from the condition, which it never changes. A revision of the
 * alert leaves the button in place: one that is replaced between press and release would swallow the click.
 */
export function acknowledgementBox(id: string, actions: Actions): AcknowledgementBox {
  const node = el('div', { class: 'ack' });
  let shown: string | null = null;

  const fill = (record: AlertRecord, failure: string | null | undefined): void => {
    if (record.acknowledged) {
      const { by, atMs } = record.acknowledged;
      node.replaceChildren(el('p', { class: 'ack-done' }, '✓ ', say('ack.by', { by, time: formatTime(atMs) })));
      return;
    }
    const isBusy = failure === null;
    const label = isBusy ? say('ack.sending') : failure ? say('ack.retry') : say('ack.do');
    const button = el(
      'button',
      {
        class: 'button button-primary',
        attrs: { type: 'button', 'aria-disabled': isBusy, 'data-ack': id },
        on: {
          click: () => {
            if (!isBusy) actions.acknowledge(id);
          },
        },
      },
      isBusy && el('span', { class: 'spinner', attrs: { 'aria-hidden': 'true' } }),
      label,
    );
    const note = el(
      'span',
      { class: 'ack-failed', attrs: { role: 'alert' } },
      say('ack.failed', { reason: failure ?? '' }),
    );
    node.replaceChildren(button, ...(failure ? [note] : []));
  };

  return {
    node,
    update: (record, model) => {
      const failure = model.sending.get(id);
      const now = JSON.stringify([record.acknowledged, failure, failure === undefined]);
      if (now === shown) return;
      shown = now;
      const hadFocus = node.contains(document.activeElement);
      fill(record, failure);
      const next = node.querySelector('button') ?? node.parentElement?.querySelector<HTMLElement>('.row-open');
      if (hadFocus) next?.focus({ preventScroll: true });
    },
  };
}
