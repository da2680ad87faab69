import test from 'ava';
import '../../support/english.ts';
import {
  formatAge,
  formatMetres,
  formatMoment,
  formatPosition,
  formatTime,
  formatUtc,
  formatValue,
} from '../../../daemons/console/web/format.ts';

for (const [ms, text] of [
  [-5000, 'now'],
  [999, 'now'],
  [1000, '1 s'],
  [59_999, '59 s'],
  [60_000, '1 min 00 s'],
  [3_599_000, '59 min 59 s'],
  [3_600_000, '1 h 00 min'],
  [86_399_000, '23 h 59 min'],
  [90_000_000, '1 d 1 h'],
] as const)
  test(`${ms} ms is "${text}"`, (t) => {
    t.is(formatAge(ms), text);
  });

for (const [value, u, unit, text] of [
  [18.4213, 0.612, 'ppm', '18.42 ± 0.61 ppm'],
  [1234.5, 37, 'ppb', '1235 ± 37 ppb'],
  [-0.31, 0.044, 'ppm', '-0.310 ± 0.044 ppm'],
  [0.41234, null, '1', '0.4123'],
  [21.5, null, 'C', '21.5 °C'],
  [5, 0, 'ppm', '5 ppm'],
] as const)
  test(`${value} with u ${u} in ${unit} is "${text}"`, (t) => {
    t.is(formatValue(value, u, unit), text);
  });

test('a position is told to a metre, with its hemisphere', (t) => {
  t.is(formatPosition(51.1694, 71.4491), '51.16940° N, 71.44910° E');
  t.is(formatPosition(-33.9, -70.5), '33.90000° S, 70.50000° W');
});

test('a radius is told in metres or kilometres', (t) => {
  t.is(formatMetres(150), '150\u00a0m');
  t.is(formatMetres(25_000), '25\u00a0km');
});

test('UTC is told whatever zone the browser is in', (t) => {
  t.is(formatUtc(Date.UTC(2024, 2, 5, 14, 3, 22)), '14:03:22 UTC');
});

test('a time that is no time is a question mark, not an exception', (t) => {
  for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, 9e15]) {
    t.is(formatTime(ms), '?');
    t.is(formatMoment(ms), '?');
    t.is(formatUtc(ms), '? UTC');
  }
});
