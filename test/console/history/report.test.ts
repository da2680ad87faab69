/** Reports as paper: in three languages, and read back by a program that is not ours (pdftotext of Poppler). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { fileOf } from '../../../daemons/console/history/files.ts';
import en from '../../../daemons/console/history/messages/en.json' with { type: 'json' };
import kk from '../../../daemons/console/history/messages/kk.json' with { type: 'json' };
import ru from '../../../daemons/console/history/messages/ru.json' with { type: 'json' };
import { type Reported, reportOf } from '../../../daemons/console/history/report.ts';
import { type ReportLanguage, reportLanguages } from '../../../daemons/console/history/report-languages.ts';
import { pdfOf } from '../../../daemons/console/history/report-pdf.ts';
import { reportWords } from '../../../daemons/console/history/report-words.ts';
import { shippedFile } from '../../../daemons/core/adapters/shipped.ts';
import { untouched } from '../../../daemons/core/desk/fold.ts';
import type { DeskStore } from '../../../daemons/core/ports/desk.ts';
import type { AlertRecord } from '../../../daemons/core/ports/records.ts';
import type { Act, Deed } from '../../../daemons/core/values/desk.ts';
import { sampleAlert } from '../../support/alerts.ts';
import { needs } from '../../support/needs.ts';

const startMs = 1_790_000_000_000;
const font = (): Uint8Array => shippedFile('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
const recordOf = (news: Partial<AlertRecord> = {}): AlertRecord => ({
  ...{ site: 'north', device: 'post-7', raisedMs: startMs, changedMs: 1 },
  acknowledged: { by: 'op-1', atMs: startMs + 60_000 },
  alert: sampleAlert('a1', {}, startMs),
  ...news,
});
const deeds: readonly Deed[] = [
  { what: 'note', text: 'Қала шеті, бочки у сарая' },
  { what: 'shelve', reason: 'сварка', untilMs: startMs + 3_600_000 },
  { what: 'judge', dwellings: ['yard 7'], rev: 1, clearM: 50 },
  { what: 'tell', unit: 'Red 1', way: 'sms', step: 0, grouped: false },
  { what: 'resolve', outcome: 'lawful-source', text: 'тыңайтқыш қоймасы' },
];
const acts: readonly Act[] = deeds.map((deed, i) => {
  const role = deed.what === 'judge' || deed.what === 'tell' ? 'centre' : 'operator';
  return { n: i + 1, alert: 'a1', by: role === 'centre' ? 'centre' : 'op-1', role, atMs: startMs + i, deed };
});
const dwelling = { touches: ['yard 7'], rev: 1, corroborated: null, released: null };
const reported: Reported = {
  ...{ record: recordOf({ desk: { ...untouched, dwelling } }), acts },
  evidence: { verdict: 'partly', lines: [{ ok: null, text: 'tele 7: not kept any more' }] },
};
const textOf = (language: ReportLanguage, one: Reported = reported): string =>
  reportOf(one, reportWords(language))
    .map(([title, lines]) => [title, ...lines].join('\n'))
    .join('\n');

test('a report says what, when, where, why and who did what, that it is a lead, and that a drill is one', (t) => {
  const text = textOf('en', { ...reported, record: recordOf({ desk: { ...untouched, drill: true } }) });
  for (const said of [
    /^DRILL - NOT REAL\. Ammonia vapour$/m,
    /lead for a person, not a verdict/,
    /^Critical; Indication; Raised$/m,
    /51\.169400, 71\.449100 \(WGS 84\), by survey of the fixed post; within 150 m nine times in ten/,
    /calibration cal-2024-nh3-a-3/,
    /op-1 \(Operator\): Noted: Қала шеті, бочки у сарая$/m,
    /UTC the centre: Telling: Red 1: SMS$/m,
    /Resolved: Lawful source: тыңайтқыш қоймасы$/m,
    /Shelved: until 2026-09-21 15:13:20 UTC: сварка$/m,
  ])
    t.regex(text, said);
});

test('it names nobody who lives there', (t) => {
  for (const language of reportLanguages) t.false(textOf(language).includes('yard 7'), language);
  t.regex(textOf('en'), /Dwellings in its region: 1; not released to patrols/);
});

const placesOf = (text: string): string => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
for (const [language, words] of [
  ['ru', ru],
  ['kk', kk],
] as const) {
  test(`${language} has every word of a report that English has, with the same places, and is no copy of it`, (t) => {
    t.deepEqual(Object.keys(words), Object.keys(en));
    for (const [key, line] of Object.entries(words)) {
      const english = en[key as keyof typeof en];
      t.is(placesOf(line), placesOf(english), key);
      if (/[A-Za-z]{4,}/.test(english.replaceAll(/\{\w+\}|SHA-256|Fieldpost/g, ''))) t.not(line, english, key);
    }
  });

  test(`in ${language} no line of a report is left in English, but for what people, boxes and programs wrote`, (t) => {
    const left = textOf(language)
      .replaceAll(/rule of the box|tele 7: not kept any more|SHA-256|WGS|UTC|Red 1|SMS/g, '')
      .replaceAll(reported.record.alert.because.rule, '')
      .replaceAll(/[a-z]+-[\w-]+|[A-Za-z_]+\d[\w.]*|north|a1|[0-9a-f]{64}/g, '');
    const codes = new Set(
      reported.record.alert.because.evidence.flatMap(({ quantity, unit, sensor }) => [quantity, unit, sensor]),
    );
    const model = Object.values(reported.record.alert.because.model ?? {}).map(String);
    const english = (left.match(/[A-Za-z]{3,}/g) ?? []).filter(
      (one) => ![...codes, ...model].some((code) => code.includes(one)),
    );
    t.deepEqual(english, []);
  });
}

const reads = needs('pdftotext', 'the text of a report, read by Poppler') ? test : test.skip;
for (const [language, said] of [
  ['en', ['Ammonia vapour', 'A lead for a person, not a verdict. Page 1 of 2.', 'Қала шеті, бочки у сарая']],
  ['ru', ['Пары аммиака', 'Повод для проверки человеком, а не вывод. Страница 1 из 2.', 'Что сделали люди']],
  ['kk', ['Аммиак буы', 'Адамдар не істеді', 'Құрылғы ережесі', 'Қабылдаған: op-1', '2 беттің 1-беті']],
] as const)
  reads(`a report in ${language}: another program reads its words out of the paper, letter by letter`, async (t) => {
    const words = reportWords(language);
    const pdf = await pdfOf([reported, reported], font(), words);
    const folder = path.join(os.tmpdir(), 'fieldpost-pictures');
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `report-${language}.pdf`);
    writeFileSync(file, pdf);
    const read = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).replaceAll(/\s+/g, ' ');
    for (const one of said) t.true(read.includes(one), `${one} in ${read.slice(0, 400)}`);
    // Lines are broken on paper, so each is looked for without its spaces.
    const bare = read.replaceAll(' ', '');
    for (const line of textOf(language).split('\n')) t.true(bare.includes(line.replaceAll(/\s/g, '')), line);
    t.notRegex(read, /\ufffd/);
    const info = execFileSync('pdfinfo', [file], { encoding: 'utf8' });
    t.regex(info, new RegExp(`Title: +${words.say('title')}`));
  });

test('a report on few alerts says whether their evidence is whole, and one with a damaged picture is still a report', async (t) => {
  const picture = { sha256: 'ab'.repeat(32), jpeg: 'AAAA', width: 2, height: 2, metresPerPixel: 0.05 };
  const ellipse = { majorM: 3, minorM: 2, bearingDeg: 40 };
  const plot = { outline: [], areaM2: 12, lengthM: 4, widthM: 3, cut: false, ellipse, looks: 2, picture };
  const record = { ...recordOf(), alert: sampleAlert('a', { plot: plot as never }) };
  const desk = { record: async () => record, acts: async () => [] } as unknown as DeskStore;
  const asked: string[] = [];
  const verified = async (id: string) => {
    asked.push(id);
    return { verdict: 'broken' as const, lines: [{ ok: false, text: 'tele 7: the link is cut' }] };
  };
  const parts: Buffer[] = [];
  const of = { desk, font, verified, language: 'ru' } as const;
  for await (const part of fileOf('pdf', { ids: ['a'] }, of)) parts.push(Buffer.from(part));
  t.regex(Buffer.concat(parts).subarray(0, 8).toString('latin1'), /^%PDF-1\./);
  t.deepEqual(asked, ['a']);
  const many = Array.from({ length: 6 }, (_, i) => String(i));
  for await (const _ of fileOf('pdf', { ids: many }, of));
  t.is(asked.length, 1, 'a long report would take minutes');
});
