import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { evaluateAirQuality } from '../../../daemons/tools/evaluate/air-quality.ts';
import { airQualityFiles, readHours } from '../../../daemons/tools/evaluate/air-quality-data.ts';

const head = 'Date,Time,CO_GT,PT08_S1_CO,PT08_S2_NMHC,NOx_GT,PT08_S3_NOx,PT08_S4_NO2,PT08_S5_O3,T,RH';
const row = '10/03/2004,18:00:00,2.6,1360,1046,-200,1056,1692,1268,13.6,48.9';

function data(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-air-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(path.join(folder, 'air-quality'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, 'air-quality', name), text);
  return folder;
}

const only = (t: ExecutionContext, text: string): string =>
  path.join(data(t, { 'one.csv': text }), 'air-quality', 'one.csv');

test('a row becomes an hour; -200 is missing', (t) => {
  const expected = {
    atMs: Date.UTC(2004, 2, 10, 18),
    mox: [1360, 1046, 1056, 1692, 1268],
    temperatureC: 13.6,
    relativePercent: 48.9,
    co: 2.6,
    nox: null,
  };
  t.deepEqual(readHours(only(t, `${head}\n${row}\n`)), [expected]);
});

test('the file as UCI gives it out, with semicolons, decimal commas and empty rows at its end, gives the same hours', (t) => {
  const given =
    'Date;Time;CO(GT);PT08.S1(CO);PT08.S2(NMHC);NOx(GT);PT08.S3(NOx);PT08.S4(NO2);PT08.S5(O3);T;RH;;\r\n' +
    '10/03/2004;18.00.00;2,6;1360;1046;-200;1056;1692;1268;13,6;48,9;;\r\n;;;;;;;;;;;;\r\n';
  t.deepEqual(readHours(only(t, given)), readHours(only(t, `${head}\n${row}\n`)));
});

test('a column that is missing and a day that is none are named with file and line', (t) => {
  t.throws(() => readHours(only(t, head.replace('RH', 'XX'))), {
    instanceOf: Fault,
    message: /one\.csv:1: no column RH/,
  });
  t.throws(() => readHours(only(t, `${head}\n${row.replace('10/03/2004', 'today')}\n`)), {
    instanceOf: Fault,
    message: /one\.csv:2: "today 18:00:00" is no date/,
  });
});

test('every .csv of the folder is taken; a folder without is named', async (t) => {
  const folder = data(t, { 'b.csv': head, 'a.csv': head, 'read.me': '' });
  t.deepEqual(
    airQualityFiles(folder).map((file) => path.basename(file)),
    ['a.csv', 'b.csv'],
  );
  t.throws(() => airQualityFiles(path.join(folder, 'nowhere')), { instanceOf: Fault, message: /cannot be read/ });
  await t.throwsAsync(evaluateAirQuality(data(t, {})), { instanceOf: Fault, message: /no \.csv/ });
});

test('hours that end before what is tested are refused', async (t) => {
  await t.throwsAsync(evaluateAirQuality(data(t, { 'short.csv': `${head}\n${row}\n` })), {
    instanceOf: Fault,
    message: /short\.csv: 1 hours .* later than day 90/,
  });
});

test('whatever a file holds, it is hours or a Fault', (t) => {
  const file = only(t, '');
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom(head, row, ';;;', '\ufeff')), { maxLength: 6 }),
      (lines) => {
        writeFileSync(file, lines.join('\n'));
        try {
          for (const { atMs } of readHours(file)) t.true(Number.isFinite(atMs));
        } catch (error) {
          t.true(error instanceof Fault, String(error));
        }
      },
    ),
  );
  t.pass();
});
