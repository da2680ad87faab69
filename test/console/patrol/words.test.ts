import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { sharedWords, wordsOf } from '../../../daemons/console/patrol-web/build.ts';
import en from '../../../daemons/console/patrol-web/messages/en.json' with { type: 'json' };
import kk from '../../../daemons/console/patrol-web/messages/kk.json' with { type: 'json' };
import ru from '../../../daemons/console/patrol-web/messages/ru.json' with { type: 'json' };
import shared from '../../../daemons/console/web/messages/en.json' with { type: 'json' };
import type { Message, Messages } from '../../../daemons/console/web/messages/keys.ts';
import { patrolPage } from '../../support/patrol-site.ts';

const web = path.join(import.meta.dirname, '../../../daemons/console/patrol-web');
const page = readdirSync(web)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(path.join(web, name), 'utf8'))
  .join('\n');

test('every message is used by the page', (t) => {
  const unused = Object.keys(en).filter((key) => {
    const stem = key.slice(0, key.lastIndexOf('.'));
    return !page.includes(`'${key}'`) && !page.includes(`\`${stem}.\${`);
  });
  t.deepEqual(
    unused.filter((key) => !/^patrol\.against\.lawful\./.test(key)),
    [],
  );
});

test('every sentence of the console that the page can say is given to it', async (t) => {
  const { files } = await patrolPage();
  const main = [...files].find(([url]) => /main-/.test(url))?.[1].body.toString() ?? '';
  const given = await wordsOf('en');
  const wanted = Object.keys(shared).filter((key) => main.includes(`"${key}"`));
  t.true(wanted.length > 30);
  t.deepEqual(
    wanted.filter((key) => !(key in given)),
    [],
  );
  t.true(sharedWords.length > 5);
});

test('the page never makes markup of a string', (t) => {
  t.notRegex(page, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser/);
});

const formsOf = (message: Message | undefined): readonly (readonly [string, string])[] =>
  typeof message === 'object' ? Object.entries(message) : [['other', message ?? '']];
const placesOf = (text: string): string =>
  [...new Set([...text.matchAll(/\{\w+\}/g)].map(([place]) => place))].sort().join();

for (const [language, messages] of [
  ['ru', ru as Messages],
  ['kk', kk as Messages],
] as const)
  test(`${language} says all that English says, with its places and its plurals, and is no copy`, (t) => {
    t.deepEqual(Object.keys(messages).sort(), Object.keys(en).sort());
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const [key, message] of Object.entries(en as Messages)) {
      const places = placesOf(formsOf(message).at(-1)?.[1] ?? '');
      for (const [form, text] of formsOf(messages[key])) t.is(placesOf(text), places, `${key} (${form})`);
      if (typeof message === 'object')
        t.deepEqual(
          formsOf(messages[key])
            .map(([form]) => form)
            .sort(),
          [...pluralCategories].sort(),
          key,
        );
      const plain = formsOf(message)[0]?.[1].replaceAll(/\{\w+\}/g, '') ?? '';
      if (/[a-z]{4,}/.test(plain) && !/IDLH/.test(plain)) t.notDeepEqual(messages[key], message, key);
    }
  });
