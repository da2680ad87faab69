import type { Evidence } from '../../core/values/detection.ts';
import { belowLod, isBelowLod } from '../../core/values/lod.ts';
import { el } from './dom.ts';
import { formatAge, formatAmount, formatDay, formatValue } from './format.ts';
import { probabilityOf } from './gist.ts';
import { say, word } from './text.ts';

/** As `GET /api/devices/:device/calibrations` lists them. */
export interface Calibrated {
  readonly id: string;
  readonly atMs: number;
  readonly validUntilMs: number;
}

/** What the score rests on, value by value, as it stood. A gap is shown as a gap. */
export function evidenceTable(
  evidence: readonly Evidence[],
  calibrated: readonly Calibrated[],
  atMs: number,
): HTMLElement {
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
      el('tbody', {}, ...evidence.map((row) => evidenceRow(row, calibrated, atMs))),
    ),
  );
}

/** What is wrong with a value, in words. */
export const flagWords = (flags: readonly string[]): string => flags.map((flag) => word('flag', flag)).join(', ');

/** As a display shows it, and under it what was measured, negative or not. */
const belowLimit = (value: number, { u, unit, lod }: Evidence): HTMLElement =>
  el(
    'span',
    {},
    belowLod,
    el(
      'span',
      { class: 'sensor' },
      say('evidence.below', { value: formatValue(value, u, unit), lod: formatAmount(lod ?? 0, unit) }),
    ),
  );

/** How old it was when the alert was said; a calibration whose record the centre does not hold has no age. */
function calibrationAge(id: string, calibrated: readonly Calibrated[], atMs: number): HTMLElement | null {
  const record = calibrated.find((one) => one.id === id);
  if (!record) return null;
  const isOver = record.validUntilMs < atMs;
  return el(
    'span',
    { class: isOver ? 'sensor gap' : 'sensor' },
    say(isOver ? 'evidence.expired' : 'evidence.age', {
      age: formatAge(atMs - record.atMs),
      time: formatDay(record.validUntilMs),
    }),
  );
}

function evidenceRow(row: Evidence, calibrated: readonly Calibrated[], atMs: number): HTMLElement {
  const label = probabilityOf(row.quantity);
  const value =
    row.value === null
      ? el('span', { class: 'gap' }, say('evidence.gap'))
      : isBelowLod(row.value, row.lod)
        ? belowLimit(row.value, row)
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
    el(
      'td',
      {},
      row.calibration ?? say(label === null ? 'evidence.uncalibrated' : 'evidence.notMeasured'),
      row.calibration !== null && calibrationAge(row.calibration, calibrated, atMs),
    ),
    el('td', {}, flagWords(row.flags)),
  );
}
