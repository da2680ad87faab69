import { el } from './dom.ts';
import { say } from './text.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind?: 'text' | 'long' | 'choice' | 'password' | 'code';
  readonly value?: string;
  readonly options?: readonly (readonly [value: string, label: string])[];
  /** What would be right; shown under the field, and loud where it is not. */
  readonly right?: string;
  readonly isRight?: (value: string) => boolean;
  readonly hints?: readonly string[];
  readonly autocomplete?: string;
}

export interface Question {
  readonly title: string;
  readonly explain?: string;
  readonly fields: readonly Field[];
  readonly does: string;
  /** Sends what was said; a string says why it was not taken, and the dialog stays with everything that was typed. */
  readonly send?: (said: Readonly<Record<string, string>>) => Promise<string | null>;
}

let count = 0;

/** Asks a person. Resolves to null when they would rather not. */
export function askFor(question: Question): Promise<Readonly<Record<string, string>> | null> {
  count += 1;
  const id = `dialog-${count}`;
  return new Promise((resolve) => {
    const parts = question.fields.map((field) => fieldPart(field, `${id}-${field.name}`));
    const trouble = el('p', { class: 'ack-failed', attrs: { role: 'alert' } });
    trouble.hidden = true;
    const cancel = el('button', { class: 'button', attrs: { type: 'button' } }, say('operator.cancel'));
    const does = el('button', { class: 'button button-primary' }, question.does);
    const form = el(
      'form',
      { attrs: { novalidate: true } },
      el('h2', { attrs: { id: `${id}-title` } }, question.title),
      question.explain !== undefined && el('p', {}, question.explain),
      ...parts.flatMap(({ nodes }) => nodes),
      trouble,
      el('div', { class: 'dialog-foot' }, cancel, does),
    );
    const dialog = el('dialog', { class: 'dialog', attrs: { 'aria-labelledby': `${id}-title` } }, form);
    const before = document.activeElement;
    let answer: Record<string, string> | null = null;

    const submit = async (): Promise<void> => {
      const wrong = parts.filter((part) => !part.check());
      if (wrong[0]) return wrong[0].input.focus();
      const said = Object.fromEntries(parts.map((part) => [part.name, part.input.value.trim()]));
      if (question.send) {
        does.setAttribute('aria-disabled', 'true');
        const why = await question.send(said);
        does.setAttribute('aria-disabled', 'false');
        trouble.hidden = why === null;
        trouble.textContent = why ?? '';
        if (why !== null) return;
      }
      answer = said;
      dialog.close();
    };
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (does.getAttribute('aria-disabled') !== 'true') void submit();
    });
    cancel.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    (parts[0]?.input ?? does).focus();
  });
}

interface Part {
  readonly name: string;
  readonly nodes: readonly HTMLElement[];
  readonly input: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
  check(): boolean;
}

/** A labelled field, with what would be right under it. */
export function fieldPart(field: Field, id: string): Part {
  const { kind = 'text', value = '', options = [], right, isRight, hints, autocomplete = 'off' } = field;
  const shared = { id, name: field.name, 'aria-describedby': right === undefined ? undefined : `${id}-right` };
  const list = hints ? `${id}-hints` : undefined;
  const input =
    kind === 'choice'
      ? el(
          'select',
          { class: 'field', attrs: shared },
          ...options.map(([one, label]) => el('option', { attrs: { value: one, selected: one === value } }, label)),
        )
      : kind === 'long'
        ? el('textarea', { class: 'field', attrs: { ...shared, rows: 3, maxlength: 2000 } }, value)
        : el('input', {
            class: 'field',
            attrs: {
              ...{ ...shared, value, list, autocomplete, spellcheck: 'false', autocapitalize: 'off', maxlength: 200 },
              type: kind === 'password' ? 'password' : 'text',
              inputmode: kind === 'code' ? 'numeric' : undefined,
            },
          });
  const note = right === undefined ? null : el('p', { class: 'note', attrs: { id: `${id}-right` } }, right);
  const nodes = [
    el('label', { attrs: { for: id } }, field.label),
    input,
    ...(hints
      ? [
          el(
            'datalist',
            { attrs: { id: `${id}-hints` } },
            ...hints.map((one) => el('option', { attrs: { value: one } })),
          ),
        ]
      : []),
    ...(note ? [note] : []),
  ];
  return {
    name: field.name,
    nodes,
    input,
    check: () => {
      const ok = isRight?.(input.value.trim()) ?? true;
      input.setAttribute('aria-invalid', String(!ok));
      note?.classList.toggle('ack-failed', !ok);
      return ok;
    },
  };
}

/** Something must be said. */
export const isSaid = (value: string): boolean => value !== '';
