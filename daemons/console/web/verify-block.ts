/** Whether what the centre keeps of an alert is what the box signed: asked with one click, told link by link. */

import { block } from './alert-facts.ts';
import { alertUrl, ask } from './ask.ts';
import { el } from './dom.ts';
import { say } from './text.ts';

/** As `GET /api/alerts/:id/verification` answers. */
interface Verification {
  readonly verdict: 'whole' | 'partly' | 'broken' | 'nothing';
  readonly lines: readonly { readonly ok: boolean | null; readonly text: string }[];
}

const signs = { whole: '✓', partly: '~', broken: '✗', nothing: '?' } as const;

export function verifyBlock(id: string): HTMLElement {
  const out = el('div', { attrs: { role: 'status' } });
  const button = el('button', { class: 'button', attrs: { type: 'button' } }, say('verify.do'));
  const verify = async (): Promise<void> => {
    out.replaceChildren(
      el('p', {}, el('span', { class: 'spinner', attrs: { 'aria-hidden': 'true' } }), say('verify.busy')),
    );
    const answer = await ask<Verification>('GET', alertUrl(id, 'verification'));
    if (!answer.ok)
      return out.replaceChildren(el('p', { class: 'ack-failed' }, say('sight.failed', { reason: answer.why })));
    const { verdict, lines } = answer.body;
    return out.replaceChildren(
      el('p', { class: `verdict verdict-${verdict}` }, `${signs[verdict]} `, say(`verify.${verdict}`)),
      el(
        'ul',
        { class: 'acts' },
        ...lines.map(({ ok, text }) => el('li', {}, `${ok === null ? '?' : ok ? '✓' : '✗'} ${text}`)),
      ),
    );
  };
  button.addEventListener('click', () => void verify());
  return block(say('verify.title'), button, out);
}
