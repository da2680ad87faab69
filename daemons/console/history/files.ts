/** Exports as they are sent: page by page out of the store, so that nothing lies on a disk and memory holds one page. */

import { capOf } from '../../core/cap/message.ts';
import type { DeskStore } from '../../core/ports/desk.ts';
import type { Search } from '../../core/ports/history.ts';
import type { AlertRecord } from '../../core/ports/records.ts';
import type { VerificationAnswer } from '../desk/shapes.ts';
import { csvHead, csvRow } from './csv.ts';
import { featureOf } from './geojson.ts';
import type { ReportLanguage } from './report-languages.ts';
import { pdfOf } from './report-pdf.ts';

export const formats = ['csv', 'geojson', 'cap', 'pdf'] as const;
export type Format = (typeof formats)[number];

/** Alerts of one export; a report is a paper that somebody reads. */
export const mostOf: Readonly<Record<Format, number>> = { csv: 100_000, geojson: 100_000, cap: 10_000, pdf: 100 };
export const typeOf: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  geojson: 'application/geo+json',
  cap: 'application/cap+xml',
  pdf: 'application/pdf',
};
const pageSize = 200;

export type What = { readonly search: Search } | { readonly ids: readonly string[] };

/** `none` more than `most`. */
export async function* alertsOf(desk: DeskStore, what: What, most: number): AsyncGenerator<AlertRecord> {
  if ('ids' in what) {
    for (const id of what.ids.slice(0, most)) {
      const record = await desk.record(id);
      if (record) yield record;
    }
    return;
  }
  let sent = 0;
  for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
    const page: Awaited<ReturnType<DeskStore['search']>> = await desk.search(what.search, { after, limit: pageSize });
    for (const record of page.alerts) if (sent++ < most) yield record;
    after = sent < most ? page.next : null;
  }
}

export interface FileParts {
  readonly desk: DeskStore;
  /** Of a typeface with Latin, Cyrillic and Kazakh letters. */
  readonly font: () => Uint8Array;
  /** Of a report. Absent: English. */
  readonly language?: ReportLanguage | undefined;
  /** Whether the evidence of an alert is whole, in words; absent: nothing here can say. */
  readonly verified?: ((alert: string) => Promise<VerificationAnswer>) | undefined;
}
/** Evidence of a longer report is looked at with `fieldpost verify`: each takes seconds. */
const mostVerified = 5;

export async function* fileOf(
  format: Format,
  what: What,
  { desk, font, verified, language = 'en' }: FileParts,
): AsyncGenerator<string | Buffer> {
  const alerts = alertsOf(desk, what, mostOf[format]);
  if (format === 'csv') {
    yield csvHead;
    for await (const record of alerts) yield csvRow(record);
  } else if (format === 'geojson') {
    yield '{"type":"FeatureCollection","features":[';
    let before = '\n';
    for await (const record of alerts) {
      yield before + featureOf(record);
      before = ',\n';
    }
    yield '\n]}\n';
  } else if (format === 'cap') yield* capFile(alerts, 'ids' in what && what.ids.length === 1);
  else {
    const all = [];
    const look = 'ids' in what && what.ids.length <= mostVerified ? verified : undefined;
    for await (const record of alerts) {
      const { id } = record.alert;
      all.push({ record, acts: await desk.acts(id), evidence: look ? await look(id) : null });
    }
    // Loaded by the first report: the words of three languages are of no use to anything else here.
    const { reportWords } = await import('./report-words.ts');
    yield await pdfOf(all, font(), reportWords(language));
  }
}

/** One alert is one message; more are entries of an Atom feed (RFC 4287), as CAP is passed around. */
async function* capFile(alerts: AsyncGenerator<AlertRecord>, isOne: boolean): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!isOne) yield '<feed xmlns="http://www.w3.org/2005/Atom"><title>alerts</title>\n';
  for await (const record of alerts)
    yield isOne ? capOf(record) : `<entry><content type="application/cap+xml">${capOf(record)}</content></entry>\n`;
  if (!isOne) yield '</feed>\n';
}
