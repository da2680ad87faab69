/** The last lines of a daemon, asked of the box: bounded in time and size, answered once, and written down who asked. */
import type { DeviceAnswer, LogsAnswer, LogsAsked } from '../devices/shapes.ts';
import { ask } from './ask.ts';
import { deviceUrl, note, titled } from './device-parts.ts';
import { el, setText } from './dom.ts';
import { formatMoment } from './format.ts';
import { type Actions, type Model, may } from './model.ts';
import { say } from './text.ts';

const daemons = ['gas', 'camera', 'dock', 'dji', 'uplink', 'agent'] as const;
const minutes = [5, 10, 60, 360, 1440] as const;
/** How often an answer is looked for, and for how long: a question is good for ten minutes. */
const [lookMs, patienceMs] = [3000, 600_000];

export interface LogsBlock {
  readonly node: HTMLElement;
  update(answer: DeviceAnswer, model: Model): void;
  /** Nobody looks any more. */
  close(): void;
}

export function logsBlock(device: string, actions: Actions): LogsBlock {
  const daemon = el(
    'select',
    { class: 'field', attrs: { id: 'logs-daemon' } },
    ...daemons.map((one) => el('option', { attrs: { value: one } }, one)),
  );
  const since = el(
    'select',
    { class: 'field', attrs: { id: 'logs-since' } },
    ...minutes.map((n) => el('option', { attrs: { value: n * 60, selected: n === 10 } }, say('logs.minutes', { n }))),
  );
  const button = el('button', { class: 'button', attrs: { type: 'button' } }, say('logs.ask'));
  const state = el('p', { class: 'note', attrs: { role: 'status' } });
  const lines = el('div', { class: 'logs' });
  const form = el(
    'div',
    { class: 'chart-choice' },
    el('label', { attrs: { for: 'logs-daemon' } }, say('logs.daemon')),
    daemon,
    el('label', { attrs: { for: 'logs-since' } }, say('logs.since')),
    since,
    button,
  );
  const impossible = note('');
  const node = titled(say('logs.title'), impossible, form, state, lines);
  node.hidden = true;
  let timer = 0;
  let isRead = false;

  const read = async (): Promise<LogsAnswer | null> => {
    const answer = await ask<LogsAnswer>('GET', deviceUrl(device, '/logs'));
    if (!answer.ok) {
      setText(state, say('sight.failed', { reason: answer.why }));
      return null;
    }
    show(answer.body);
    return answer.body;
  };
  const show = ({ answers, refused }: LogsAnswer): void => {
    lines.replaceChildren(
      ...answers.map(({ daemon: of, atMs, whole, text }, i) =>
        el(
          'details',
          { attrs: { open: i === 0 } },
          el('summary', {}, `${of}, ${formatMoment(atMs)}${whole ? '' : ` (${say('logs.part')})`}`),
          el(
            'pre',
            { attrs: { tabindex: 0, role: 'region', 'aria-label': say('logs.title') } },
            text || say('logs.empty'),
          ),
        ),
      ),
      ...refused.map(({ atMs, message }) => el('p', { class: 'ack-failed' }, `${formatMoment(atMs)}: ${message}`)),
    );
  };
  const wait = (id: string, endMs: number): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(async () => {
      const told = await read();
      const found = told?.answers.find((one) => one.id === id);
      if (found?.whole) return setText(state, say('logs.came'));
      if (Date.now() > endMs) return setText(state, say('logs.never'));
      wait(id, endMs);
    }, lookMs);
  };
  button.addEventListener('click', async () => {
    const by = await actions.operator();
    if (by === null) return;
    setText(state, say('logs.asking'));
    const said = { daemon: daemon.value, sinceS: Number(since.value), ...actions.signed(by) };
    const answer = await ask<LogsAsked>('POST', deviceUrl(device, '/logs'), said);
    if (!answer.ok) return setText(state, say('sight.failed', { reason: answer.why }));
    setText(state, say(answer.body.online ? 'logs.asked' : 'logs.asked.away'));
    wait(answer.body.id, Date.now() + patienceMs);
  });

  return {
    node,
    update: ({ logs }, model) => {
      node.hidden = !may(model, 'devices.command');
      form.hidden = !logs.possible;
      impossible.hidden = logs.possible;
      setText(impossible, say('logs.impossible', { why: logs.why ?? '' }));
      if (isRead || node.hidden) return;
      isRead = true;
      void read();
    },
    close: () => window.clearTimeout(timer),
  };
}
