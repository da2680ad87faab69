import { anySimulated } from './board.ts';
import { el, setText } from './dom.ts';
import { freshlyDoubted } from './doubt.ts';
import { formatAge, formatTime } from './format.ts';
import type { Actions, Model, View } from './model.ts';
import { say } from './text.ts';

/** A lost connection shorter than this is nobody's business: a restart, a sleeping laptop. */
const patienceMs = 4000;

/** Full-width sentences about the whole page: simulated, stale, alerts put in doubt, upgraded, incomplete. */
export function strips(actions: Actions): View {
  const simulated = el('p', { class: 'strip strip-simulated' }, say('simulated.banner'));
  const stale = el('p', { class: 'strip strip-stale', attrs: { role: 'alert' } });
  const upgraded = el(
    'p',
    { class: 'strip strip-plain' },
    `${say('strip.upgrade')} `,
    el(
      'button',
      { class: 'button', attrs: { type: 'button' }, on: { click: () => location.reload() } },
      say('strip.reload'),
    ),
  );
  const incomplete = el('p', { class: 'strip strip-plain' }, say('strip.incomplete'));
  const button = (text: string, click: () => void): HTMLElement =>
    el('button', { class: 'button', attrs: { type: 'button' }, on: { click } }, text);
  const doubtText = el('span', { class: 'strip-text' });
  const showDoubted = (): void => {
    actions.setTab('alerts');
    actions.setFilter('doubted');
  };
  const doubted = el(
    'p',
    { class: 'strip strip-doubt', attrs: { role: 'status' } },
    doubtText,
    button(say('strip.doubted.show'), showDoubted),
    button(say('strip.doubted.close'), actions.dismissDoubts),
  );
  const drill = el('p', { class: 'strip strip-drill', attrs: { role: 'status' } });
  const node = el('div', { class: 'strips' }, drill, simulated, stale, doubted, upgraded, incomplete);

  const tick = ({ link, localMs, nowMs }: Model): void => {
    const away = localMs - link.heardMs;
    const lost = link.state === 'lost' && away > patienceMs;
    stale.hidden = !lost && link.trouble === null;
    if (lost) setText(stale, say('strip.lost', { time: formatTime(nowMs - away), age: formatAge(away) }));
    else if (link.trouble !== null) {
      const time = formatTime(nowMs - (localMs - link.troubleMs));
      setText(stale, say('strip.trouble', { reason: link.trouble, time }));
    }
  };

  return {
    node,
    update: (model) => {
      drill.hidden = model.drill === null;
      setText(drill, say('drill.banner', { text: model.drill?.text ?? '' }));
      // The frame is around everything, and cannot be scrolled away.
      document.documentElement.toggleAttribute('data-drill', model.drill !== null);
      simulated.hidden = !anySimulated(model.board);
      upgraded.hidden = !model.link.upgraded;
      incomplete.hidden = model.board.complete;
      const count = freshlyDoubted(model.board, model.seenDoubts).length;
      doubted.hidden = count === 0;
      setText(doubtText, say('strip.doubted', { n: count }));
      tick(model);
    },
    tick,
  };
}
