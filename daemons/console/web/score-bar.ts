import type { Because } from '../../core/values/alert.ts';
import { el, svg } from './dom.ts';
import { formatScore } from './format.ts';
import { shownScore } from './gist.ts';
import { say } from './text.ts';

/** Score against threshold, with the peak: the numbers stand beside it, the bar only helps the eye. */
export function scoreBar(because: Because): HTMLElement {
  const { score, threshold, peak } = because;
  const top = Math.max(1, score, threshold, peak) || 1;
  const x = (value: number): number => (Number.isFinite(value) ? Math.max(0, Math.min(200, (value / top) * 200)) : 0);
  const bar = svg(
    'svg',
    { class: 'score-bar', attrs: { viewBox: '0 0 200 14', preserveAspectRatio: 'none', 'aria-hidden': 'true' } },
    svg('rect', { class: 'score-track', attrs: { x: 0, y: 3, width: 200, height: 8 } }),
    svg('rect', { class: 'score-peak', attrs: { x: 0, y: 3, width: x(peak), height: 8 } }),
    svg('rect', { class: 'score-now', attrs: { x: 0, y: 3, width: x(score), height: 8 } }),
    svg('rect', { class: 'score-threshold', attrs: { x: Math.max(0, x(threshold) - 1), y: 0, width: 2, height: 14 } }),
  );
  const number = (label: string, text: string, kind: string): HTMLElement =>
    el('span', { class: `score-number ${kind}` }, `${label} `, el('b', {}, text));
  return el(
    'div',
    { class: 'score' },
    el(
      'div',
      { class: 'score-numbers' },
      number(say('panel.score'), shownScore(because), 'score-is-now'),
      number(say('panel.threshold'), formatScore(threshold), 'score-is-threshold'),
      number(say('panel.peak'), formatScore(peak), 'score-is-peak'),
    ),
    bar,
  );
}
