/** The shift: who leads it, what waits at a change, drills, and what is inhibited. */
import type { Rule, Shift } from '../../core/values/desk.ts';
import { block, fact, facts, moment } from './alert-facts.ts';
import { ask } from './ask.ts';
import { askFor, type Field, isSaid } from './dialog.ts';
import { el } from './dom.ts';
import { formatMoment } from './format.ts';
import { type Actions, type Model, may, type View } from './model.ts';
import { operatorPattern } from './settings.ts';
import { say, word } from './text.ts';
import { toast } from './toast.ts';

export interface ShiftState extends Shift {
  readonly handover: (NonNullable<Shift['handover']> & { readonly waiting?: readonly string[] }) | null;
}

const button = (label: string, click: () => void, kind = 'button'): HTMLElement =>
  el('button', { class: kind, attrs: { type: 'button' }, on: { click } }, label);

export function shiftPane(actions: Actions): View {
  const [lead, drill, rules] = [el('div'), el('div'), el('div')];
  const node = el(
    'div',
    { class: 'pane', attrs: { id: 'pane-shift', role: 'tabpanel', 'aria-labelledby': 'tab-shift' } },
    lead,
    drill,
    rules,
  );
  let shown = '';
  let isOpen = false;
  let last: Model | null = null;

  const readRules = async (): Promise<void> => {
    const answer = await ask<{ readonly rules: readonly Rule[] }>('GET', '/api/inhibits');
    const inside = answer.ok
      ? ruleRows(answer.body.rules, send, last)
      : [el('p', { class: 'note' }, say('sight.failed', { reason: answer.why }))];
    rules.replaceChildren(block(say('inhibit.title'), el('p', { class: 'note' }, say('inhibit.explain')), ...inside));
  };
  const send = async (method: 'POST' | 'DELETE', url: string, said?: unknown): Promise<string | null> => {
    const by = await actions.operator();
    if (by === null) return say('deed.nobody');
    const body =
      method === 'DELETE' && last?.me?.mode !== 'open' ? undefined : { ...(said ?? {}), ...actions.signed(by) };
    const answer = await ask(method, url, body);
    await Promise.all([actions.readShift(), isOpen ? readRules() : null]);
    return answer.ok ? null : answer.why;
  };
  const tryTo = (method: 'POST' | 'DELETE', url: string, said: unknown, done: string): void => {
    void send(method, url, said).then((why) => toast(why === null ? done : say('ack.failed', { reason: why })));
  };

  return {
    node,
    update: (model) => {
      last = model;
      node.hidden = model.tab !== 'shift';
      if (!node.hidden && !isOpen) void readRules();
      isOpen = !node.hidden;
      if (node.hidden) return;
      const now = JSON.stringify([model.shift, model.drill, model.me?.rights]);
      if (now === shown) return;
      shown = now;
      lead.replaceChildren(leadBlock(model, tryTo, send));
      drill.replaceChildren(drillBlock(model, tryTo, send));
    },
  };
}

type Try = (method: 'POST' | 'DELETE', url: string, said: unknown, done: string) => void;
type Send = (method: 'POST' | 'DELETE', url: string, said?: unknown) => Promise<string | null>;

function leadBlock(model: Model, tryTo: Try, send: Send): HTMLElement {
  const { shift } = model;
  if (!shift) return block(say('shift.title'), el('p', { class: 'note' }, say('shift.none')));
  const { lead, sinceMs, handover } = shift;
  const waiting = handover?.waiting ?? [];
  const hand = (): void =>
    void askFor({
      title: say('shift.hand'),
      explain: say('shift.hand.explain'),
      fields: [
        { name: 'to', label: say('shift.to'), right: say('operator.right'), isRight: (id) => operatorPattern.test(id) },
      ],
      does: say('shift.hand'),
      send: ({ to }) => send('POST', '/api/shift', { what: 'hand-over', to }),
    });
  return block(
    say('shift.title'),
    facts(
      fact(say('shift.lead'), lead ?? say('act.nobody')),
      ...(lead === null ? [] : [fact(say('shift.since'), moment(sinceMs))]),
      ...(handover
        ? [
            fact(say('shift.handover'), `${handover.from ?? '–'} → ${handover.to}`, moment(handover.startedMs)),
            fact(say('shift.waiting'), String(waiting.length)),
          ]
        : []),
    ),
    handover !== null && el('p', { class: 'note' }, say('shift.accept.explain')),
    ...(may(model, 'shift.hand')
      ? [
          el(
            'div',
            { class: 'deeds' },
            button(say('shift.take'), () => tryTo('POST', '/api/shift', { what: 'take' }, say('shift.taken'))),
            button(say('shift.hand'), hand),
          ),
        ]
      : []),
    waiting.length > 0 &&
      el(
        'ul',
        { class: 'acts' },
        ...waiting.map((id) => el('li', {}, el('a', { attrs: { href: `#${encodeURIComponent(id)}` } }, id))),
      ),
  );
}

function drillBlock(model: Model, tryTo: Try, send: Send): HTMLElement {
  const { drill } = model;
  const start = (): void =>
    void askFor({
      title: say('drill.start'),
      explain: say('drill.explain'),
      fields: [
        { name: 'text', label: say('drill.text'), kind: 'long', isRight: isSaid, right: say('deed.text.right') },
      ],
      does: say('drill.start'),
      send: ({ text }) => send('POST', '/api/drill', { what: 'start', text }),
    });
  return block(
    say('drill.title'),
    el(
      'p',
      { class: 'note' },
      drill === null ? say('drill.none') : say('drill.runs', { text: drill.text, by: drill.by }),
    ),
    may(model, 'drill.run') &&
      el(
        'div',
        { class: 'deeds' },
        drill === null
          ? button(say('drill.start'), start)
          : button(say('drill.end'), () => tryTo('POST', '/api/drill', { what: 'end' }, say('drill.ended'))),
      ),
  );
}

function ruleRows(rules: readonly Rule[], send: Send, model: Model | null): HTMLElement[] {
  const handles = model !== null && may(model, 'alerts.handle');
  const field = (name: string): Field => ({ name, label: say(`inhibit.${name as 'kind' | 'site' | 'device'}`) });
  const add = (): void =>
    void askFor({
      title: say('inhibit.add'),
      explain: say('inhibit.explain'),
      fields: [
        field('kind'),
        field('site'),
        field('device'),
        { name: 'reason', label: say('deed.text'), kind: 'long', isRight: isSaid, right: say('deed.text.right') },
        {
          ...{ name: 'for', label: say('deed.for'), kind: 'choice', value: '60' },
          options: [15, 60, 240, 1440].map((one) => [String(one), say('span.minutes', { n: one })] as const),
        },
      ],
      does: say('inhibit.add'),
      send: ({ kind = '', site = '', device = '', reason, for: minutes }) => {
        const or = (text: string): string | null => (text === '' ? null : text);
        const untilMs = Date.now() + (model ? model.nowMs - model.localMs : 0) + Number(minutes) * 60_000;
        return send('POST', '/api/inhibits', { kind: or(kind), site: or(site), device: or(device), reason, untilMs });
      },
    });
  const row = ({ id, kind, site, device, reason, by, untilMs }: Rule): HTMLElement =>
    el(
      'li',
      {},
      el(
        'b',
        {},
        [kind === null ? null : word('kind', kind), site, device].filter((one) => one !== null).join(' · ') ||
          say('filter.all'),
      ),
      el('span', { class: 'line' }, reason),
      el('span', { class: 'utc' }, `${by} · ${say('act.until', { time: formatMoment(untilMs) })}`),
      handles && button(say('inhibit.end'), () => void send('DELETE', `/api/inhibits/${encodeURIComponent(id)}`)),
    );
  return [
    ...(rules.length === 0
      ? [el('p', { class: 'note' }, say('inhibit.none'))]
      : [el('ul', { class: 'acts' }, ...rules.map(row))]),
    ...(handles ? [el('div', { class: 'deeds' }, button(say('inhibit.add'), add))] : []),
  ];
}
