/** What a unit reads: kind, severity, site and age, in its language. Never where: a message lies on servers and screens of others. Pure. */
import { helpKind } from '../desk/help.ts';
import type { Language, Notice } from '../ports/notifier.ts';
import type { AlertRecord } from '../ports/records.ts';
import type { Alert } from '../values/alert.ts';
import { type Words, wordsIn } from './words.ts';

type Said = Pick<Notice, 'title' | 'text' | 'severity' | 'drill' | 'simulated'>;

const ranks: readonly Alert['severity'][] = ['info', 'warning', 'critical'];
const severityOf = (records: readonly AlertRecord[]): Alert['severity'] =>
  records.map(({ alert }) => alert.severity).sort((a, b) => ranks.indexOf(b) - ranks.indexOf(a))[0] ?? 'info';

export const isDrill = ({ desk }: AlertRecord): boolean => desk?.drill === true;
export const isSimulated = (record: AlertRecord): boolean =>
  !isDrill(record) &&
  (record.alert.flags.includes('simulated') ||
    record.alert.because.evidence.some(({ flags }) => flags.includes('simulated')));

/** Of a box or a site: one line without anything that a header or a terminal would act upon. */
const plain = (text: string): string =>
  text
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 64);

export const kindIn = (words: Words, kind: string): string => {
  const played = kind.replace(/^drill\./, '');
  return words.kinds[played] ?? plain(played);
};

/** A patrol's call names the patrol; it has no site. */
const placeOf = ({ alert, site, device }: AlertRecord): string => plain(alert.kind === helpKind ? device : site);

const marked = (words: Words, record: AlertRecord): string =>
  isDrill(record) ? `${words.drill}: ` : isSimulated(record) ? `${words.simulated}: ` : '';

const marks = (record: AlertRecord) => ({ drill: isDrill(record), simulated: isSimulated(record) });

export function alertSaid(record: AlertRecord, language: Language, nowMs: number): Said {
  const words = wordsIn(language);
  const { alert, raisedMs } = record;
  const head = `${words.severities[alert.severity]}: ${kindIn(words, alert.kind)}, ${placeOf(record)}`;
  const cleared = alert.condition === 'cleared' ? ` ${words.clearedSince}` : '';
  return {
    severity: alert.severity,
    ...marks(record),
    title: marked(words, record) + head,
    text: `${marked(words, record)}${head}. ${words.ago(nowMs - raisedMs)}.${cleared}`,
  };
}

/** Of several: how many of which severity, and how old the oldest is. */
export function groupSaid(records: readonly AlertRecord[], language: Language, nowMs: number): Said {
  const words = wordsIn(language);
  const [first] = records;
  const mark = first ? marked(words, first) : '';
  const counts = ranks
    .toReversed()
    .map((severity) => ({ severity, n: records.filter(({ alert }) => alert.severity === severity).length }))
    .filter(({ n }) => n > 0)
    .map(({ severity, n }) => `${words.severities[severity]}: ${n}`);
  const kinds = [...new Set(records.map(({ alert }) => kindIn(words, alert.kind)))];
  const most = kinds.length > 3 ? [...kinds.slice(0, 3), '…'] : kinds;
  const oldestMs = Math.min(...records.map(({ raisedMs }) => raisedMs));
  return {
    severity: severityOf(records),
    ...(first ? marks(first) : { drill: false, simulated: false }),
    title: `${mark}${words.alerts(records.length)}`,
    text: `${mark}${words.alerts(records.length)}. ${counts.join(', ')}. ${most.join(', ')}. ${words.oldest} ${words.ago(nowMs - oldestMs)}.`,
  };
}

/** The word that it has ended; of one or of several. */
export function endedSaid(records: readonly AlertRecord[], language: Language): Said {
  const words = wordsIn(language);
  const [first] = records;
  const what =
    records.length === 1 && first
      ? `${kindIn(words, first.alert.kind)}, ${placeOf(first)}`
      : words.alerts(records.length);
  const why = records.every(({ desk }) => desk?.resolved) ? words.closed : words.cleared;
  const mark = first ? marked(words, first) : '';
  return {
    severity: 'info',
    ...(first ? marks(first) : { drill: false, simulated: false }),
    title: `${mark}${words.ended}: ${what}`,
    text: `${mark}${words.ended}: ${what}. ${why}`,
  };
}
