import test from 'ava';
import { historyOf } from '../../../daemons/core/calibration/history.ts';
import type { CalibrationRecord } from '../../../daemons/core/ports/calibrations.ts';
import { historyLines, historyPage, panelsOf } from '../../../daemons/core/procedure/history.ts';
import { languages, sayIn } from '../../../daemons/core/procedure/words.ts';
import { driftedRecords } from '../../support/drifted-records.ts';

const endMs = Date.UTC(2026, 5, 1);
const part = { serial: 'SIM-0004', quantity: 'ammonia' };
const exposed = [40, 20, 0].map((days) => ({
  ...part,
  atMs: endMs - days * 86_400_000,
  doseHours: 500 - 10 * days,
  condensationHours: 20 - days / 4,
}));
const histories = historyOf(
  driftedRecords(endMs).map((one) => ({ ...one, seal: null }) as CalibrationRecord),
  exposed,
);
const say = sayIn('en');

test('a part shows its zero, its span, its dose and its wet hours, and what is left of its sensitivity', (t) => {
  const [one] = histories;
  if (!one) throw new Error('no history');
  const panels = panelsOf(one, say);
  t.deepEqual(
    panels.map(({ title, unit }) => `${title}, ${unit}`),
    ['Zero as found, ppm', 'Span, %', 'Dose, ppm h', 'Hours in wet air, h'],
  );
  const sensitivity = panels[1]?.series[0]?.points ?? [];
  t.is(Math.round(sensitivity[0]?.value ?? 0), 100);
  t.is(Math.round(sensitivity.at(-1)?.value ?? 0), 80);
  const page = historyPage(histories, say, { device: '<post>', simulated: true, language: 'en' });
  t.is(page.match(/<svg/g)?.length, 4);
  t.true(page.includes('Sensitivity left: 80 % of the first') && page.includes('SIMULATED'));
  t.false(page.includes('<post>'));
});

test('lines of a terminal are never wider than it, in every language', (t) => {
  for (const language of languages)
    for (const line of historyLines(histories, sayIn(language), 79)) {
      const isPlot = /[│●]|^ {8}/.test(line);
      t.true(!isPlot || [...line].length <= 79, `${language}: ${line}`);
    }
  t.true(historyLines(histories, say, 79).some((line) => line.includes('●')));
  t.deepEqual(historyLines([], say, 79), ['There is no record of this channel yet.']);
});
