import type { Evidence } from '../../core/values/detection.ts';
import { el } from './dom.ts';
import { formatValue } from './format.ts';
import { probabilityOf } from './gist.ts';
import { say, word } from './text.ts';

/** What the score rests on, value by value, as it stood. A gap is shown as a gap. */
export function evidenceTable(evidence: readonly Evidence[]): HTMLElement {
  if (evidence.length === 0) return el('p', { class: 'note' }, say('panel.evidence.none'));
  const head = (['quantity', 'value', 'calibration', 'flags'] as const).map((name) =>
    el('th', { attrs: { scope: 'col' } }, say(`evidence.${name}`)),
  );
  return el(
    'div',
    { class: 'table-scroll', attrs: { tabindex: 0, role: 'region', 'aria-label': say('panel.evidence') } },
    el(
      'table',
      { class: 'evidence' },
      el('thead', {}, el('tr', {}, ...head)),
      el('tbody', {}, ...evidence.map(evidenceRow)),
    ),
  );
}

/** What is wrong with a value, in words. */
export const flagWords = (flags: readonly string[]): string => flags.map((flag) => word('flag', flag)).join(', ');

function evidenceRow(row: Evidence): HTMLElement {
  const label = probabilityOf(row.quantity);
  const value =
    row.value === null
      ? el('span', { class: 'gap' }, say('evidence.gap'))
      : el('span', {}, formatValue(row.value, row.u, row.unit));
  return el(
    'tr',
    {},
    el(
      'th',
      { attrs: { scope: 'row' } },
      label === null ? row.quantity : say('evidence.probability', { label }),
      el('span', { class: 'sensor' }, row.sensor),
    ),
    el('td', { class: 'number' }, value),
    el('td', {}, row.calibration ?? say(label === null ? 'evidence.uncalibrated' : 'evidence.notMeasured')),
    el('td', {}, flagWords(row.flags)),
  );
}
