/** Whether what the centre keeps of an alert is what the box signed: asked with one click, told link by link. */

import { block } from './alert-facts.ts';
import { alertUrl, ask } from './ask.ts';
import { el } from './dom.ts';
import { type Actions, type Model, may } from './model.ts';
import { locale, say } from './text.ts';
import { toast } from './toast.ts';

/** As `GET /api/alerts/:id/verification` answers. */
interface Verification {
  readonly verdict: 'whole' | 'partly' | 'broken' | 'nothing';
  readonly lines: readonly { readonly ok: boolean | null; readonly text: string }[];
}

const signs = { whole: '✓', partly: '~', broken: '✗', nothing: '?' } as const;

const formats = ['csv', 'geojson', 'cap', 'pdf'] as const;

export interface VerifyBlock {
  readonly node: HTMLElement;
  update(model: Model): void;
}

export function verifyBlock(id: string, actions: Actions): VerifyBlock {
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
  const take = async (format: (typeof formats)[number]): Promise<void> => {
    const by = await actions.operator();
    if (by === null) return;
    const said = { format, ids: [id], ...actions.signed(by) };
    const answer = await ask<{ readonly export: { readonly id: string; readonly state: string } }>(
      'POST',
      '/api/exports',
      said,
    );
    if (!answer.ok) return toast(say('ack.failed', { reason: answer.why }));
    // Many in a row are a bulk export, and wait like one.
    if (answer.body.export.state !== 'ready') return toast(say('export.two'));
    // One alert is ready at once; the answer is a file, so the page stays.
    return location.assign(
      `/api/exports/${encodeURIComponent(answer.body.export.id)}/file?language=${locale().slice(0, 2)}`,
    );
  };
  const exports = el(
    'div',
    { class: 'deeds' },
    el('span', {}, say('export.one')),
    ...formats.map((format) =>
      el(
        'button',
        { class: 'button', attrs: { type: 'button' }, on: { click: () => void take(format) } },
        format.toUpperCase(),
      ),
    ),
  );
  const node = block(say('verify.title'), button, out, exports);
  return {
    node,
    update: (model) => {
      exports.hidden = !may(model, 'export.ask');
    },
  };
}
