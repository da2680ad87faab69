/** Changes that are brought to many boxes: wave by wave, and by name what needs a look. They are only looked at here. */
import type { RolloutsAnswer } from '../devices/shapes.ts';
import { tag } from './alert-parts.ts';
import { ask } from './ask.ts';
import { deviceKey } from './board.ts';
import { note, tableOf } from './device-parts.ts';
import { el, setText } from './dom.ts';
import type { MessageKey } from './messages/keys.ts';
import type { Actions } from './model.ts';
import { say } from './text.ts';

type Rollout = RolloutsAnswer['rollouts'][number];

const phase = (name: string): string => say(`rollout.phase.${name}` as MessageKey);
const mode = (name: string): HTMLElement =>
  tag(
    name === 'stopped' || name === 'backing' ? 'tag-critical' : 'tag-plain',
    say(`rollout.mode.${name}` as MessageKey),
  );

export function rolloutList(actions: Actions): HTMLElement {
  const state = el('p', { class: 'note', attrs: { role: 'status' } });
  const into = el('div');
  const node = el('details', { class: 'sight' }, el('summary', {}, say('rollout.title')), state, into);
  node.addEventListener('toggle', async () => {
    if (!node.open) return;
    setText(state, say('list.waiting'));
    const answer = await ask<RolloutsAnswer>('GET', '/api/rollouts');
    if (!answer.ok) return setText(state, say('sight.failed', { reason: answer.why }));
    const { kept, rollouts } = answer.body;
    setText(state, kept ? (rollouts.length === 0 ? say('rollout.none') : '') : say('rollout.notKept'));
    into.replaceChildren(...rollouts.map((one) => rolloutPart(one, actions)));
  });
  return node;
}

function rolloutPart(one: Rollout, actions: Actions): HTMLElement {
  const { name, site, by, why, reason, waves, boxes } = one;
  const boxOf = (box: string): HTMLElement =>
    el(
      'button',
      {
        class: 'link-button',
        attrs: { type: 'button' },
        on: { click: () => actions.openDevice(deviceKey({ site, device: box })) },
      },
      box,
    );
  return el(
    'section',
    { class: 'rollout' },
    el('h3', {}, name, ' ', mode(one.mode)),
    note(`${site} · ${by}: ${why}`),
    reason !== why && el('p', {}, reason),
    tableOf(
      say('rollout.waves'),
      [say('rollout.wave.one'), say('rollout.boxes'), say('rollout.state')],
      waves.map((wave, i) => [
        String(i + 1),
        String(wave.boxes),
        Object.entries(wave.phases)
          .map(([of, n]) => `${phase(of)}: ${n}`)
          .join(', '),
      ]),
    ),
    boxes.length > 0 &&
      tableOf(
        say('rollout.boxes'),
        [say('due.device'), say('rollout.state'), say('twin.reasons')],
        boxes.map((box) => [boxOf(box.name), phase(box.phase), box.reasons.join('; ')]),
      ),
  );
}
