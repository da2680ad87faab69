/**
 * The words of a report, in the language of whoever reads it: a file a language beside this, as a translator edits it, and for what
 * alerts, flags and acts are called the files of the page, so that paper and page say the same.
 */
import enPage from '../web/messages/en.json' with { type: 'json' };
import kkPage from '../web/messages/kk.json' with { type: 'json' };
import ruPage from '../web/messages/ru.json' with { type: 'json' };
import en from './messages/en.json' with { type: 'json' };
import kk from './messages/kk.json' with { type: 'json' };
import ru from './messages/ru.json' with { type: 'json' };
import type { ReportLanguage } from './report-languages.ts';

export type ReportKey = keyof typeof en;

export interface ReportWords {
  readonly language: ReportLanguage;
  /** A line, with its `{places}` filled. */
  say(key: ReportKey, values?: Readonly<Record<string, string | number>>): string;
  /** The page's word for a code; the code itself where there is none. */
  word(group: string, code: string): string;
  /** A number with the separators of the language, and so many digits after them at the most. */
  number(value: number, digits?: number): string;
}

const lines: Readonly<Record<ReportLanguage, Readonly<Record<ReportKey, string>>>> = { en, ru, kk };
const words: Readonly<Record<ReportLanguage, Readonly<Record<string, unknown>>>> = {
  ...{ en: enPage, ru: ruPage, kk: kkPage },
};

export function reportWords(language: ReportLanguage): ReportWords {
  const known = words[language];
  return {
    language,
    say: (key, values = {}) =>
      lines[language][key].replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place)),
    word: (group, code) => {
      const key = `${group}.${code}`;
      const found = Object.hasOwn(known, key) ? known[key] : undefined;
      return typeof found === 'string' ? found : code;
    },
    number: (value, digits = 3) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value),
  };
}
