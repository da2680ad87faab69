import test from 'ava';
import fc from 'fast-check';
import { fitSvg, fitText } from '../../../daemons/core/plots/fit-plot.ts';
import { historySvg } from '../../../daemons/core/plots/history-plot.ts';
import { residualText } from '../../../daemons/core/plots/residual-text.ts';
import { scaleOver } from '../../../daemons/core/plots/scale.ts';
import { type Point, stripSvg, stripText } from '../../../daemons/core/plots/strip-chart.ts';

const options = { title: 'ammonia', unit: 'ppm', seconds: 120, marks: [25] };

test('a scale holds all its values and its ticks are round', (t) => {
  const scale = scaleOver([0.4, 22.4], 5);
  t.deepEqual(scale.ticks, [0, 5, 10, 15, 20, 25]);
  t.is(scale.at(12.5), 0.5);
});

test('any values give a scale that holds them, with few ticks', (t) => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
      const { from, to, ticks } = scaleOver(values);
      const slack = 1e-6 * Math.max(1, Math.abs(from), Math.abs(to));
      return values.every((one) => one >= from - slack && one <= to + slack) && ticks.length >= 2 && ticks.length <= 12;
    }),
  );
  t.pass();
});

const climbing: Point[] = Array.from({ length: 121 }, (_, i) => [i * 1000, i < 60 ? 0 : 25]);

test('a strip chart of a terminal is as wide and as high as it is told, low before and high after the gas came', (t) => {
  const lines = stripText(climbing, { ...options, marks: [] }, 60, 6);
  t.is(lines.length, 6);
  t.true(lines.every((line) => [...line].length === 60));
  const top = [...(lines[0] ?? '')];
  t.is(top[12], ' ');
  t.not(top[55], ' ');
});

test('a label that needs more room moves the axis of every row, and no digit is shown that the height cannot', (t) => {
  const low: Point[] = climbing.map(([at, value]) => [at, value === 0 ? -1234.5678 : 0.0123]);
  const lines = stripText(low, { ...options, marks: [] }, 60, 6);
  t.true(lines.every((line) => [...line].length === 60));
  t.is(new Set(lines.slice(0, -1).map((line) => line.indexOf('│'))).size, 1);
  t.is(lines[0]?.trim().split(' ')[0], '0');
  t.is(lines[4]?.trim().split(' ')[0], '-1235');
  t.regex(lines[5] ?? '', /-\d+ s +0 s$/);
});

test('the applied level stands behind the values of a terminal where they do not reach it', (t) => {
  const lines = stripText(climbing, { ...options, marks: [25] }, 60, 6);
  t.regex(lines[0] ?? '', /│╌+[▁-█]+$/);
});

test('what is left of a point stands beside the band of its line, with its bar and its figures', (t) => {
  const rows = residualText(
    {
      a: 0,
      b: 1,
      covariance: [
        [0.01, 0],
        [0, 0],
      ],
    },
    [
      { read: 10, applied: 11, uRead: 0, uApplied: 0.25, used: true },
      { read: 0, applied: 0, uRead: 0, uApplied: 0.05, used: false },
    ],
    'ppm',
    60,
  );
  t.is(rows.length, 3);
  t.regex(rows[0] ?? '', /^ 0 ppm {2} +░+═*○═*░+ +\+0 ± 0\.1$/);
  t.regex(rows[1] ?? '', /^11 ppm {2} +░+│░+ +─+●─+ {2}\+1 ± 0\.5$/);
  t.regex(rows[2] ?? '', /-1\.5 +1\.5 ppm$/);
});

test('a gap in the values is a gap in the line', (t) => {
  const broken: Point[] = climbing.map(([at, value]) => [at, at > 30_000 && at < 60_000 ? null : value]);
  const pens = (svg: string): number =>
    [...(/d="(M[^"]*)" fill="none" stroke="#0b69a3"/.exec(svg)?.[1] ?? '')].filter((one) => one === 'M').length;
  t.is(pens(stripSvg(climbing, options)), 1);
  t.is(pens(stripSvg(broken, options)), 2);
});

test('names from outside are text in a picture, never markup', (t) => {
  t.false(stripSvg(climbing, { ...options, title: '<script>"' }).includes('<script>'));
});

const line = {
  a: -0.45,
  b: 1.136,
  covariance: [
    [0.001, 0],
    [0, 0.0001],
  ],
};
const points = [
  { read: 0.4, applied: 0, uRead: 0.01, uApplied: 0.01, used: true },
  { read: 22.4, applied: 25, uRead: 0.01, uApplied: 0.5, used: true },
  { read: 9.2, applied: 10, uRead: 0.01, uApplied: 0.2, used: false },
];

test('a fit is drawn with each point twice: on the line, and as what is left of it', (t) => {
  const svg = fitSvg(line, points, { title: 'fit', read: 'reading', value: 'ppm' });
  t.is(svg.match(/<circle/g)?.length, 6);
  t.false(/NaN|Infinity/.test(svg));
});

test('a fit in a terminal shows the points of the fit and the one that it has not seen', (t) => {
  const text = fitText(line, points, 60, 12).join('\n');
  t.is(text.match(/●/g)?.length, 2);
  t.is(text.match(/○/g)?.length, 1);
});

test('a history of one record is a picture without numbers that are none', (t) => {
  const svg = historySvg([{ name: 'span', points: [{ atMs: 1e12, value: 100 }] }], {
    title: 'drift',
    unit: '%',
    days: 'd',
  });
  t.false(/NaN|Infinity/.test(svg));
});
