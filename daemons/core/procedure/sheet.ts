/** The one-page record of a procedure, as HTML that prints on one A4 sheet. Nothing in it is loaded from anywhere. Pure. */
import { recordDigest } from '../calibration/record-seal.ts';
import { type FitPoint, fitSvg } from '../plots/fit-plot.ts';
import { historySvg } from '../plots/history-plot.ts';
import { escaped } from '../plots/scale.ts';
import type { CalibrationRecord } from '../ports/calibrations.ts';
import type { Adjustment, CalibrationPoint, GasSource, LineCheck, ShownPoint } from '../values/calibration.ts';
import { figure } from './screen.ts';
import { sheetStyle } from './sheet-style.ts';
import { type Say, wordFor } from './words.ts';

export interface SheetOptions {
  readonly device: string;
  readonly simulated: boolean;
  /** Every record of the same part, oldest first: its drift is drawn from them. */
  readonly history: readonly CalibrationRecord[];
  readonly language: string;
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const moment = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const digits = (value: number): string => String(Number(value.toPrecision(5)));
const percentOf = (share: number): string => `${(100 * share).toFixed(1).replace(/^-0\.0$/, '0.0')} %`;
const uOf = (u: number | null): string => (u === null ? '--' : String(Number(u.toPrecision(2))));

const row = (name: string, value: string): string => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`;
const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table class="grid"><thead><tr>${heads.map((one) => `<th>${escaped(one)}</th>`).join('')}</tr></thead><tbody>${rows
    .map((cells) => `<tr>${cells.map((one) => `<td>${escaped(one)}</td>`).join('')}</tr>`)
    .join('')}</tbody></table>`;
const section = (title: string, body: string): string => (body ? `<h2>${escaped(title)}</h2>${body}` : '');

export function sheetOf(record: CalibrationRecord, say: Say, options: SheetOptions): string {
  const title = say(`sheet.title.${record.record}`);
  const body = [
    `<header><h1>${escaped(title)}</h1>${options.simulated ? `<p class="mark">${say('live.simulated')}</p>` : ''}</header>`,
    headTable(record, say, options.device),
    record.record === 'adjustment' ? adjustmentPart(record, say, options.history) : '',
    record.record === 'check'
      ? verdictPart(record, say) + pointsPart('sheet.found', record.points, record.unit, say)
      : '',
    record.record === 'bump' ? bumpPart(record, say) + verdictPart(record, say) : '',
    section(say('sheet.gases'), gasesPart(record.gases, record.atMs, say) + reasonPart(record.reason, say)),
    foot(record, say),
  ].join('');
  return `<!doctype html><html lang="${escaped(options.language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(`${title} ${record.id}`)}</title><style>${sheetStyle}</style></head><body>${body}</body></html>\n`;
}

function headTable(record: CalibrationRecord, say: Say, device: string): string {
  const { conditions } = record;
  const known = conditions && [
    conditions.temperatureC === null ? '' : `${conditions.temperatureC.toFixed(1)} °C`,
    conditions.relativePercent === null ? '' : `${conditions.relativePercent.toFixed(0)} %RH`,
    conditions.pressureHpa === null ? '' : `${conditions.pressureHpa.toFixed(0)} hPa`,
    conditions.flowMlMin === null ? '' : `${conditions.flowMlMin.toFixed(0)} mL/min`,
  ];
  const rows = [
    row(say('sheet.device'), device),
    row(say('sheet.sensor'), record.sensor),
    row(say('sheet.serial'), record.serial),
    row(say('sheet.quantity'), `${wordFor(say, 'quantity', record.quantity)}, ${record.unit}`),
    row(say('sheet.when'), moment(record.atMs)),
    ...(record.record === 'adjustment' ? [row(say('sheet.valid'), day(record.validUntilMs))] : []),
    row(say('sheet.by'), record.by),
    row(say('sheet.conditions'), known?.filter((one) => one !== '').join(', ') || '--'),
    ...(record.line ? [row(say('sheet.line'), lineText(record.line, say))] : []),
    ...(record.record === 'adjustment' ? [row(say('sheet.replaces'), record.replaces ?? '--')] : []),
  ];
  return `<table class="head">${rows.join('')}</table>`;
}

function adjustmentPart(record: Adjustment, say: Say, history: readonly CalibrationRecord[]): string {
  const { fit, points, asFound, asLeft, unit, levels } = record;
  const [term] = fit.terms;
  const line = { a: fit.intercept, b: term?.coefficient ?? 1, covariance: fit.covariance };
  const drawn =
    (used: boolean) =>
    (one: CalibrationPoint): FitPoint => ({ ...one, used });
  const all = [...points.map(drawn(true)), ...asLeft.map(drawn(false))];
  const names = { title: say('sheet.fit'), read: say('sheet.read'), value: unit };
  const equation = say('sheet.equation', { a: digits(line.a), b: digits(line.b) });
  return [
    levels === 1 ? `<p class="mark">${escaped(say('sheet.single'))}</p>` : '',
    pointsPart('sheet.found', asFound, unit, say),
    section(
      say('sheet.points'),
      table(
        [`${say('sheet.applied')}, ${unit}`, 'u', say('sheet.read'), 'u'],
        points.map((one) => [digits(one.applied), uOf(one.uApplied), digits(one.read), uOf(one.uRead)]),
      ),
    ),
    pointsPart('sheet.left', asLeft, unit, say),
    fit.terms.length === 1
      ? section(
          say('sheet.fit'),
          `<p>${escaped(equation)}</p>${fitSvg(line, all, names, [420, 360])}${drift(history, say)}`,
        )
      : '',
  ].join('');
}

/** Sensitivity of each adjustment of this part in percent of its first, and zero as found. */
function drift(history: readonly CalibrationRecord[], say: Say): string {
  const adjustments = history.filter(
    (one): one is Adjustment => one.record === 'adjustment' && one.fit.terms.length === 1,
  );
  const first = adjustments[0]?.fit.terms[0]?.coefficient;
  if (adjustments.length < 3 || !first) return '';
  const span = adjustments.map(({ atMs, fit }) => ({
    atMs,
    value: (100 * first) / (fit.terms[0]?.coefficient ?? first),
  }));
  return historySvg(
    [{ name: '%', points: span }],
    { title: say('stage.adjust-span'), unit: '%', days: 'd' },
    [420, 130],
  );
}

function pointsPart(
  title: 'sheet.found' | 'sheet.left',
  points: readonly ShownPoint[],
  unit: string,
  say: Say,
): string {
  if (points.length === 0) return '';
  const heads = [
    `${say('sheet.applied')}, ${unit}`,
    `${say('sheet.shown')}, ${unit}`,
    'u',
    say('sheet.error'),
    say('sheet.read'),
  ];
  const rows = points.map(({ applied, shown, uShown, read }) => [
    digits(applied),
    figure(shown),
    uOf(uShown),
    applied === 0 ? figure(shown) : percentOf((shown - applied) / applied),
    digits(read),
  ]);
  return section(say(title), table(heads, rows));
}

function verdictPart(
  { verdict, reasons }: { verdict: 'passed' | 'failed'; reasons: readonly string[] },
  say: Say,
): string {
  const why = reasons.map((one) => `<li>${escaped(one)}</li>`).join('');
  return section(say('sheet.verdict'), `<p class="${verdict}">${escaped(say(`result.${verdict}`))}</p><ul>${why}</ul>`);
}

function bumpPart(
  { applied, unit, response, alarmAt, alarmTripped }: Extract<CalibrationRecord, { record: 'bump' }>,
  say: Say,
): string {
  const seconds = (value: number | null): string => (value === null ? '--' : `${value.toFixed(1)} s`);
  return `<table class="head">${[
    row(say('sheet.applied'), `${digits(applied)} ${unit}`),
    row(say('sheet.peak'), `${figure(response.peak)} ${unit}`),
    row('T90', seconds(response.t90S)),
    row('T10', seconds(response.t10S)),
    row(
      say('sheet.alarm'),
      alarmAt === null ? '--' : `${digits(alarmAt)} ${unit}: ${say(alarmTripped ? 'sheet.tripped' : 'sheet.silent')}`,
    ),
  ].join('')}</table>`;
}

function gasesPart(gases: readonly GasSource[], atMs: number, say: Say): string {
  const heads = [
    say('sheet.gas'),
    say('sheet.lot'),
    say('sheet.certificate'),
    say('sheet.expires'),
    'u',
    say('sheet.balance'),
  ];
  return table(
    heads,
    gases.map((one) => [
      wordFor(say, 'gas', one.gas),
      one.lot,
      one.certificate,
      one.expiresMs < atMs ? `${day(one.expiresMs)}, ${say('sheet.expired')}` : day(one.expiresMs),
      one.uRelative === null ? '--' : `${digits(100 * one.uRelative)} %`,
      one.balance ? wordFor(say, 'gas', one.balance) : '--',
    ]),
  );
}

const reasonPart = (reason: string | undefined, say: Say): string =>
  reason ? `<p class="mark">${escaped(`${say('sheet.reason')}: ${reason}`)}</p>` : '';

function lineText({ flow, leak }: NonNullable<CalibrationRecord['line']>, say: Say): string {
  const word = ({ by, value, unit }: LineCheck): string =>
    by === 'hand' ? say('sheet.by-hand') : `${say('sheet.by-line')} ${figure(value)} ${unit ?? ''}`;
  const [a, b] = [flow, leak].map(word);
  return a === b ? `${a}` : `${a}; ${b}`;
}

function foot(record: CalibrationRecord, say: Say): string {
  const { seal } = record;
  const signed = seal ? `${say('sheet.signed')} ${seal.key.slice(0, 16)}` : say('sheet.unsigned');
  return `<footer><p>${escaped(record.id)}</p><p>${escaped(say('sheet.digest'))}: <code>${recordDigest(record)}</code></p><p>${escaped(signed)}</p><p class="sign">${escaped(say('sheet.signature'))}</p><p>${escaped(say('sheet.caveat'))}</p></footer>`;
}
