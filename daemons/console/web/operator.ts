import { el } from './dom.ts';
import { operatorPattern } from './settings.ts';
import { say } from './text.ts';

/** Asks for the operator's pseudonym. Resolves to null when the person would rather not say. */
export function askOperator(current: string | null): Promise<string | null> {
  return new Promise((resolve) => {
    const input = el('input', {
      attrs: {
        id: 'operator-id',
        value: current ?? '',
        autocomplete: 'off',
        autocapitalize: 'off',
        spellcheck: 'false',
        maxlength: 32,
        'aria-describedby': 'operator-right',
      },
    });
    const right = el('p', { class: 'note', attrs: { id: 'operator-right' } }, say('operator.right'));
    const cancel = el('button', { class: 'button', attrs: { type: 'button' } }, say('operator.cancel'));
    const form = el(
      'form',
      {},
      el('h2', { attrs: { id: 'operator-title' } }, say('operator.title')),
      el('p', {}, say('operator.explain')),
      el('label', { attrs: { for: 'operator-id' } }, say('operator.label')),
      input,
      right,
      el(
        'div',
        { class: 'dialog-foot' },
        cancel,
        el('button', { class: 'button button-primary' }, say('operator.save')),
      ),
    );
    const dialog = el('dialog', { class: 'dialog', attrs: { 'aria-labelledby': 'operator-title' } }, form);
    let answer: string | null = null;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const given = input.value.trim();
      const isRight = operatorPattern.test(given);
      input.setAttribute('aria-invalid', String(!isRight));
      right.classList.toggle('ack-failed', !isRight);
      if (!isRight) return input.focus();
      answer = given;
      dialog.close();
    });
    cancel.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}
