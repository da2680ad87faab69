import test from 'ava';
import { catalogue, languageOf, languages, sayIn, wordFor } from '../../../daemons/core/procedure/words.ts';

const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([one]) => one).sort();

test('every sentence stands in every language, with the same places to fill', (t) => {
  const keys = Object.keys(catalogue.en).sort();
  for (const language of languages) {
    t.deepEqual(Object.keys(catalogue[language]).sort(), keys, language);
    for (const [key, text] of Object.entries(catalogue[language])) {
      t.true(text.trim() !== '', `${language} ${key}`);
      t.deepEqual(places(text), places(catalogue.en[key as keyof typeof catalogue.en]), `${language} ${key}`);
    }
  }
});

test('no Russian or Kazakh sentence was left in English', (t) => {
  for (const language of ['ru', 'kk'] as const)
    for (const [key, text] of Object.entries(catalogue[language])) t.regex(text, /[а-яё]/i, `${language} ${key}`);
});

test('a place is filled, and a code without a word stays as it is', (t) => {
  const say = sayIn('ru');
  t.is(say('live.step', { at: 2, of: 10 }), 'Шаг 2 из 10');
  t.is(wordFor(say, 'gas', 'ammonia'), 'аммиак');
  t.is(wordFor(say, 'gas', 'phosphine'), 'phosphine');
});

test('the language is that of the first wish that there are words for', (t) => {
  t.is(languageOf(undefined, 'kk_KZ.UTF-8'), 'kk');
  t.is(languageOf('de', 'ru-RU'), 'ru');
  t.is(languageOf('de'), 'en');
});
