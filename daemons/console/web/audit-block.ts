/** The log of who looked at what, newest first, and whether its chain is whole. */
import { block } from './alert-facts.ts';
import { ask } from './ask.ts';
import { el } from './dom.ts';
import { formatMoment } from './format.ts';
import { say } from './text.ts';

/** As `GET /api/audit` answers. */
interface AuditPage {
  readonly lines: readonly {
    readonly n: number;
    readonly atMs: number;
    readonly actor: string;
    readonly what: string;
    readonly alerts: readonly string[];
    readonly purpose: string | null;
    readonly case: string | null;
    readonly about: string;
  }[];
  readonly next: number | null;
}

export interface AuditBlock {
  readonly node: HTMLElement;
  read(): void;
}

export function auditBlock(): AuditBlock {
  const list = el('ol', { class: 'acts' });
  const state = el('p', { class: 'note', attrs: { role: 'status' } });
  const more = el('button', { class: 'button', attrs: { type: 'button' } }, say('history.more'));
  const check = el('button', { class: 'button', attrs: { type: 'button' } }, say('audit.check'));
  let next: number | null = null;

  const read = async (before: number | null): Promise<void> => {
    const answer = await ask<AuditPage>('GET', `/api/audit?limit=50${before === null ? '' : `&before=${before}`}`);
    if (!answer.ok) {
      state.textContent = say('sight.failed', { reason: answer.why });
      return;
    }
    const rows = answer.body.lines.map((line) =>
      el(
        'li',
        {},
        el('span', { class: 'utc' }, `${line.n} · ${formatMoment(line.atMs)}`),
        el('b', {}, `${line.actor} ${line.what}`),
        ` ${line.alerts.slice(0, 3).join(', ')}${line.alerts.length > 3 ? ` … (${line.alerts.length})` : ''} ${line.about}`,
        line.purpose !== null && el('span', { class: 'line' }, `${line.purpose} · ${line.case ?? ''}`),
      ),
    );
    if (before === null) list.replaceChildren(...rows);
    else list.append(...rows);
    next = answer.body.next;
    more.hidden = next === null;
  };
  more.addEventListener('click', () => void read(next));
  check.addEventListener('click', () => {
    state.textContent = say('audit.checking');
    void ask<{ readonly lines: number; readonly bad: number | null }>('GET', '/api/audit/check').then((answer) => {
      if (!answer.ok) state.textContent = say('sight.failed', { reason: answer.why });
      else if (answer.body.bad === null) state.textContent = say('audit.whole', { n: answer.body.lines });
      else state.textContent = say('audit.broken', { n: answer.body.bad });
    });
  });
  more.hidden = true;
  return {
    node: block(say('audit.title'), el('div', { class: 'deeds' }, check), state, list, more),
    read: () => void read(null),
  };
}
