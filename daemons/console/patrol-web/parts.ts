/** Small parts that more than one view shows. */
import type { AlertRecord } from '../../core/ports/records.ts';
import { isSimulated } from '../web/board.ts';
import { el } from '../web/dom.ts';
import { formatAge, formatMetres, formatTime } from '../web/format.ts';
import { word } from '../web/text.ts';
import { compassPoint, type Own, wayTo } from './place.ts';
import type { State } from './state.ts';
import { say, sayAny } from './words.ts';

/** Shape, letter and word: colour says it a fourth time and never alone. */
const shapes = { critical: '◆', warning: '▲', info: '●' } as const;

export const severity = ({ alert }: AlertRecord): HTMLElement =>
  el(
    'span',
    { class: `severity severity-${alert.severity}` },
    el('span', { attrs: { 'aria-hidden': 'true' } }, shapes[alert.severity]),
    ` ${say(`severity.${alert.severity}`)}`,
  );

export const kindOf = (kind: string): string => word('kind', kind);

/** An age that goes on: `tickAges` says it anew. Times are the centre's. */
export const age = (atMs: number, nowMs: number): HTMLElement =>
  el('span', { class: 'age', attrs: { 'data-at': atMs } }, formatAge(nowMs - atMs));

export function tickAges(root: ParentNode, nowMs: number): void {
  for (const node of root.querySelectorAll<HTMLElement>('[data-at]')) {
    const text = formatAge(nowMs - Number(node.dataset.at));
    if (node.textContent !== text) node.textContent = text;
  }
}

export const at = (ms: number): string => formatTime(ms);

export function tags(state: State, record: AlertRecord): HTMLElement[] {
  const { alert, desk } = record;
  const marks: [boolean, string, string][] = [
    [isSimulated(state.board, record), 'tag-simulated', say('simulated.tag')],
    [desk?.drill === true, 'tag-drill', say('patrol.mark.drill')],
    [alert.flags.includes('check-failed') || (alert.doubts?.length ?? 0) > 0, 'tag-doubt', say('patrol.mark.doubted')],
    [alert.flags.includes('inhibited'), 'tag-doubt', say('patrol.mark.inhibited')],
    [alert.condition === 'cleared', 'tag-over', say('patrol.over')],
    [desk?.resolved != null, 'tag-over', say('patrol.closed')],
  ];
  return marks.filter(([is]) => is).map(([, name, text]) => el('span', { class: `tag ${name}` }, text));
}

export const direction = (deg: number): string =>
  `${sayAny(`patrol.compass.${compassPoint(deg)}`)} ${Math.round(deg) % 360}°`;

/** How far and which way, from here; nothing where one of the two places is not known. */
export function wayText({ cards }: State, id: string, own: Own | null): string | null {
  const region = cards.get(id)?.region;
  if (!region || !own) return null;
  const { metres, bearingDeg } = wayTo(region, own);
  return metres === 0 ? say('patrol.inside') : `${formatMetres(metres)} ${direction(bearingDeg)}`;
}
