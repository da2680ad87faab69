import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import type { CalibrationRecord } from '../../../daemons/core/ports/calibrations.ts';
import { sheetOf } from '../../../daemons/core/procedure/sheet.ts';
import { languages, sayIn } from '../../../daemons/core/procedure/words.ts';
import { findProgram, needs } from '../../support/needs.ts';

const gas = {
  gas: 'ammonia',
  lot: '<b>7</b>',
  certificate: 'C-1',
  expiresMs: Date.UTC(2026, 0, 31),
  uRelative: 0.02,
  balance: 'nitrogen',
  humidity: 'dry',
} as const;
const point = { applied: 25, uApplied: 0.5, read: 22.4, uRead: 0.012 };
const zero = { applied: 0, uApplied: 0.01, read: 0.4, uRead: 0.012 };
const second = { applied: 10, uApplied: 0.2, read: 9.2, uRead: 0.012 };
const record: CalibrationRecord = {
  record: 'adjustment',
  version: 2,
  id: 'post-1.nh3-ammonia.adjustment.9a4a0e01.5o6f74ddq',
  sensor: 'nh3',
  serial: 'SIM-0004',
  quantity: 'ammonia',
  unit: 'ppm',
  atMs: Date.UTC(2026, 5, 1),
  validUntilMs: Date.UTC(2026, 11, 1),
  method: 'two-point',
  fit: {
    kind: 'linear',
    intercept: -0.454,
    terms: [{ channel: 'nh3/ammonia', coefficient: 1.1365 }],
    covariance: [
      [1e-4, -1e-5],
      [-1e-5, 5e-4],
    ],
    residual: 0,
    spans: [0, 25],
  },
  points: [zero, point],
  asFound: [
    { ...zero, shown: 0.1, uShown: 0.04 },
    { ...point, shown: 21, uShown: 0.5 },
  ],
  asLeft: [{ ...second, shown: 10.01, uShown: 0.2 }],
  levels: 2,
  gases: [gas, gas, gas],
  conditions: { temperatureC: 14, relativePercent: 48, pressureHpa: 930, flowMlMin: 500 },
  by: 'tech-7',
  replaces: 'nh3-ammonia-1',
  seal: null,
};
const options = { device: 'post-1', simulated: false, language: 'en' };
/** Six years of it: the drift is drawn too. */
const history = [80, 60, 40, 0].map((days) => ({ ...record, id: `r-${days}`, atMs: record.atMs - days * 86_400_000 }));

test('what comes from outside is text on the sheet, and nothing is loaded from anywhere', (t) => {
  const page = sheetOf(record, sayIn('en'), { ...options, history });
  t.false(page.includes('<b>7</b>'));
  t.true(page.includes('&lt;b&gt;7&lt;/b&gt;'));
  t.deepEqual([...page.matchAll(/(?:src|href)=|url\(/g)], []);
});

test('a gas that had expired when it was used is marked, and so is a record without a signature', (t) => {
  const page = sheetOf(record, sayIn('en'), { ...options, history });
  t.regex(page, /2026-01-31, EXPIRED WHEN USED/);
  t.regex(page, /NOT SIGNED/);
});

test('an adjustment with one level says that it limits the claims', (t) => {
  const single = { ...record, levels: 1, asLeft: [] };
  t.regex(sheetOf(single, sayIn('ru'), { ...options, history: [] }), /ОДИН УРОВЕНЬ/);
});

const printed = needs('chromium', 'the record on paper') ? test.serial : test.serial.skip;

printed('it prints on one A4 page in every language, with the drift of the part', (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-sheet-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const language of languages) {
    const [html, pdf] = [path.join(folder, 'record.html'), path.join(folder, `${language}.pdf`)];
    writeFileSync(html, sheetOf(record, sayIn(language), { ...options, language, history }));
    const args = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${folder}/profile`];
    spawnSync(findProgram('chromium') ?? '', [...args, '--no-pdf-header-footer', `--print-to-pdf=${pdf}`, html]);
    const pages = readFileSync(pdf, 'latin1').match(/\/Type\s*\/Page\b/g);
    t.is(pages?.length, 1, language);
  }
});

test('how flow and leaks were checked and why an expired gas was used stand on the sheet', (t) => {
  const line = {
    flow: { by: 'line', value: 0.52, unit: 'L/min' },
    leak: { by: 'hand', value: null, unit: null },
  } as const;
  const page = sheetOf({ ...record, line, reason: 'the only one <here>' }, sayIn('en'), { ...options, history: [] });
  t.true(page.includes('measured 0.52 L/min; confirmed by hand'));
  t.true(page.includes('had expired: the only one &lt;here&gt;'));
});
