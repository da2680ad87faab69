import type { Doubt } from '../../core/values/doubt.ts';
import { block, fact, facts, moment } from './alert-facts.ts';
import { tag } from './alert-parts.ts';
import type { AlertRecord } from './board.ts';
import { el } from './dom.ts';
import { isDoubted } from './doubt.ts';
import { formatAmount } from './format.ts';
import { say } from './text.ts';

export const doubtTag = (): HTMLElement => tag('tag-doubt', '≠ ', say('doubt.tag'));

/** Which check found what wrong, by how much, and since when nobody knows better; null where nothing is in doubt. */
export function doubtBlock(record: AlertRecord): HTMLElement | null {
  if (!isDoubted(record)) return null;
  const lead = el('p', { class: 'doubt-lead' }, say('doubt.lead'));
  const box = block(say('doubt.title'), lead, ...(record.alert.doubts ?? []).map(factsOf));
  box.classList.add('block-doubt');
  return box;
}

function factsOf(doubt: Doubt): HTMLElement {
  const { sensor, quantity, serial, kind, foundMs, off, lastGood, shift } = doubt;
  const record = (id: string): HTMLElement => el('span', { class: 'hash' }, say('doubt.record', { id }));
  return facts(
    ...(off.length > 0 ? [fact(say('doubt.off'), ...off.map((one) => offLine(one, doubt.unit)))] : []),
    ...(shift ? [fact(say('doubt.off'), shiftLine(shift))] : []),
    ...meaning(doubt),
    fact(say('doubt.found'), say(`doubt.by.${kind}`), moment(foundMs), record(doubt.record)),
    fact(
      say('doubt.lastGood'),
      ...(lastGood
        ? [say(`doubt.good.${lastGood.kind}`), moment(lastGood.atMs), record(lastGood.record)]
        : [say('doubt.good.none')]),
    ),
    fact(
      say('doubt.instrument'),
      `${quantity}, ${sensor}`,
      el('span', { class: 'utc' }, say('doubt.serial', { serial })),
    ),
  );
}

/** Round enough to be read over the radio: nobody needs a tenth of a percent of a fault. */
const percent = (share: number): number => Number((100 * share).toPrecision(2));

function offLine({ applied, shown, most }: Doubt['off'][number], unit: string): HTMLElement {
  const amounts = { shown: formatAmount(shown, unit), applied: formatAmount(applied, unit) };
  if (applied === 0)
    return el('span', { class: 'line' }, say('doubt.off.zero', { ...amounts, most: formatAmount(most, unit) }));
  const share = (shown - applied) / applied;
  return el(
    'span',
    { class: 'line' },
    say(share < 0 ? 'doubt.off.low' : 'doubt.off.high', {
      ...amounts,
      percent: percent(Math.abs(share)),
      most: percent(most / applied),
    }),
  );
}

function shiftLine({ before, after, most, unit }: NonNullable<Doubt['shift']>): HTMLElement {
  const [was, is, by] = [before, after, most].map((one) => formatAmount(one, unit));
  return el('span', { class: 'line' }, say('doubt.off.shift', { before: was ?? '', after: is ?? '', most: by ?? '' }));
}

/** What the finding says of the amounts in the alert; nothing where points disagree. */
function meaning({ off }: Doubt): HTMLElement[][] {
  const [first] = off;
  if (!first) return [];
  const low = first.shown < first.applied;
  if (off.some(({ shown, applied }) => shown < applied !== low)) return [];
  return [fact(say('doubt.means'), say(low ? 'doubt.means.low' : 'doubt.means.high'))];
}
