import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import en from '../../../daemons/console/web/messages/en.json' with { type: 'json' };
import type { Message, Messages } from '../../../daemons/console/web/messages/keys.ts';
import kk from '../../../daemons/console/web/messages/kk.json' with { type: 'json' };
import ru from '../../../daemons/console/web/messages/ru.json' with { type: 'json' };
import { say, speak, word } from '../../../daemons/console/web/text.ts';

speak(en);

const web = path.join(import.meta.dirname, '../../../daemons/console/web');
const source = (folder: string): string =>
  readdirSync(path.join(web, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(path.join(web, folder, entry.name), 'utf8'))
    .join('\n');
const page = source('.') + source('map');

test('places in a sentence are filled with text as it is', (t) => {
  t.is(say('ack.by', { by: '<b>op</b>', time: '$& {by}' }), 'Acknowledged by <b>op</b>, $& {by}');
});

test('a code without a word of its own is shown as it is, even one that is a name of every object', (t) => {
  t.is(word('kind', 'vapour.ammonia'), 'Ammonia vapour');
  t.is(word('kind', 'vapour.unheard-of'), 'vapour.unheard-of');
  t.is(word('kind', 'toString'), 'toString');
});

test('every message is used by the page: none is left for a translator that nobody reads', (t) => {
  const unused = Object.keys(en).filter((key) => {
    const stem = key.slice(0, key.lastIndexOf('.'));
    return (
      !page.includes(`'${key}'`) &&
      !page.includes(`\`${stem}.\${`) &&
      !page.includes(`\${${stem}`) &&
      !/^(flag|kind|source|plume\.reason|plume\.why|act|span|account|outcome)\./.test(key)
    );
  });
  t.deepEqual(
    unused.filter((key) => !/^severity\.\w+\.letter$/.test(key)),
    [],
  );
});

test('the page never makes markup of a string', (t) => {
  t.notRegex(page, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
});

test('one file reads the markup of our own pictures, and lets through what only draws', (t) => {
  const drawn = readFileSync(path.join(web, 'drawn.ts'), 'utf8');
  t.is(page.split('DOMParser').length, 2);
  t.true(drawn.includes('DOMParser'));
});

const others: readonly (readonly [string, Messages])[] = [
  ['ru', ru],
  ['kk', kk],
];
const formsOf = (message: Message | undefined): readonly (readonly [string, string])[] =>
  typeof message === 'object' ? Object.entries(message) : [['other', message ?? '']];
const placesOf = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{\w+\}/g)].map(([place]) => place))].sort();

for (const [language, messages] of others) {
  test(`${language} says everything that English says, and nothing else`, (t) => {
    const [wanted, there] = [Object.keys(en), Object.keys(messages)];
    t.deepEqual({ missing: wanted.filter((key) => !there.includes(key)) }, { missing: [] });
    t.deepEqual({ surplus: there.filter((key) => !wanted.includes(key)) }, { surplus: [] });
  });

  test(`${language} keeps every place of every sentence`, (t) => {
    const wrong = Object.entries(en as Messages).flatMap(([key, message]) => {
      const wanted = placesOf(formsOf(message).find(([form]) => form === 'other')?.[1] ?? '');
      return formsOf(messages[key]).flatMap(([form, text]) =>
        placesOf(text).join() === wanted.join() ? [] : [`${key} (${form}): ${placesOf(text)}, must be ${wanted}`],
      );
    });
    t.deepEqual(wrong, []);
  });

  test(`${language} has every plural form that it needs, where English counts`, (t) => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    const wrong = Object.entries(en as Messages)
      .filter(([, message]) => typeof message === 'object')
      .filter(([key]) => {
        const forms = formsOf(messages[key]).map(([form]) => form);
        return [...forms].sort().join() !== [...pluralCategories].sort().join();
      });
    t.deepEqual(
      wrong.map(([key]) => key),
      [],
    );
  });

  test(`${language} is no copy of English`, (t) => {
    const same = Object.entries(en as Messages).filter(
      ([key, message]) =>
        /[a-z]{4,}/.test(formsOf(message)[0]?.[1].replaceAll(/\{\w+\}/g, '') ?? '') &&
        JSON.stringify(messages[key]) === JSON.stringify(message),
    );
    t.deepEqual(
      same.map(([key]) => key),
      ['app.name'],
    );
  });
}

test('numbers choose the form of a language', (t) => {
  speak(ru);
  t.is(say('device.sensors', { n: 1 }), '1 датчик');
  t.is(say('device.sensors', { n: 3 }), '3 датчика');
  t.is(say('device.sensors', { n: 11 }), '11 датчиков');
  speak(en);
  t.is(say('device.sensors', { n: 1 }), '1 sensor');
});

/** Contrast of WCAG 2.2 (1.4.3), from the relative luminance of sRGB colours. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string): number => {
    const [r = 0, g = 0, blue = 0] = [1, 3, 5].map((at) => {
      const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const tokens = readFileSync(path.join(web, 'styles/tokens.css'), 'utf8');
const colors = new Map(
  [...tokens.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map((found) => [
    found[1] ?? '',
    [found[2] ?? '', found[3] ?? ''] as const,
  ]),
);

for (const [ink, ...grounds] of [
  ['ink', 'surface', 'raised', 'ground', 'accent-soft', 'map-land', 'warning-soft'],
  ['ink-2', 'surface', 'raised', 'accent-soft'],
  ['accent', 'surface', 'accent-soft'],
  ['accent-ink', 'accent'],
  ['critical', 'surface', 'critical-soft'],
  ['critical-ink', 'critical'],
  ['warning', 'surface', 'warning-soft'],
  ['warning-ink', 'warning'],
  ['info', 'surface', 'info-soft'],
  ['info-ink', 'info'],
  ['good', 'surface', 'good-soft', 'accent-soft'],
  ['simulated', 'simulated-soft', 'simulated-band'],
  ['surface', 'ink'],
  ['drill-ink', 'drill'],
  ['map-name', 'map-land', 'map-water'],
] as const)
  test(`${ink} can be read on ${grounds.join(', ')} by day and by night (WCAG AA, 4.5:1)`, (t) => {
    for (const ground of grounds)
      for (const theme of [0, 1] as const) {
        const ratio = contrast(colors.get(ink)?.[theme] ?? '', colors.get(ground)?.[theme] ?? '');
        t.true(ratio >= 4.5, `${ink} on ${ground}, theme ${theme}: ${ratio.toFixed(2)}`);
      }
  });
