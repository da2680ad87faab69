/** CAP messages for programs of other agencies: the list of what was said lately as an Atom feed (RFC 4287). */
import { capIssues, isForOthers } from '../../core/cap/issue.ts';
import type { CapIssue } from '../../core/cap/message.ts';
import { capHistoryOf } from '../../core/cap/read-history.ts';
import type { Archive } from '../../core/ports/archive.ts';
import type { DeskStore } from '../../core/ports/desk.ts';
import type { AlertRecord } from '../../core/ports/records.ts';
import { element, xmlText } from '../../core/xml/text.ts';

/** What is older is found in an export. */
const lastsMs = 7 * 86_400_000;
const mostAlerts = 200;
const mostEntries = 500;

export interface CapShelf {
  /** Messages of the last week, newest first, of alerts that `told` lets through. */
  issues(told: (record: AlertRecord) => boolean): Promise<readonly CapIssue[]>;
}

interface Held {
  readonly changedMs: number;
  readonly acts: number;
  readonly atMs: number;
  readonly issues: readonly CapIssue[];
}
/** A shelf of it ends by the clock alone: so long what was read of an alert is good for. */
const goodMs = 30_000;

/** `alerts`: the console's copy of the store. An alert is read again when it changed. */
export function openCapShelf(
  alerts: () => readonly AlertRecord[],
  { archive, desk, layered, nowMs }: CapShelfParts,
): CapShelf {
  let held = new Map<string, Held>();

  const read = async (record: AlertRecord): Promise<Held> => {
    const { changedMs, alert, desk: { acts = 0 } = {} } = record;
    const before = held.get(alert.id);
    const atMs = nowMs();
    if (before && before.changedMs === changedMs && before.acts === acts && atMs - before.atMs < goodMs) return before;
    const issues = capIssues(await capHistoryOf(record, archive, desk), { layered, nowMs: atMs });
    return { changedMs, acts, atMs, issues };
  };

  return {
    issues: async (told) => {
      const since = nowMs() - lastsMs;
      const recent = alerts()
        .filter((record) => record.changedMs >= since && isForOthers(record) && told(record))
        .slice(-mostAlerts);
      const next = new Map<string, Held>();
      for (const record of recent) next.set(record.alert.id, await read(record));
      held = new Map([...[...held].slice(-mostAlerts), ...next]);
      return [...next.values()]
        .flatMap(({ issues }) => issues)
        .filter(({ sentMs }) => sentMs >= since)
        .toSorted((a, b) => b.sentMs - a.sentMs)
        .slice(0, mostEntries);
    },
  };
}

export interface CapShelfParts {
  readonly archive: Archive;
  readonly desk: DeskStore;
  /** Whether there is a layer of dwellings. */
  readonly layered: boolean;
  readonly nowMs: () => number;
}

export const capPath = (identifier: string): string => `/api/feeds/cap/${encodeURIComponent(identifier)}`;

/** `emptyMs`: the time of a feed that has no entry. */
export function atomOf(issues: readonly CapIssue[], emptyMs: number): string {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const entries = issues.map(({ identifier, sentMs, type, record }) =>
    element(
      'entry',
      {},
      element('id', {}, `urn:fieldpost:cap:${encodeURIComponent(identifier)}`),
      element('title', {}, `${type}: ${record.alert.kind}, ${record.site}`),
      element('updated', {}, iso(sentMs)),
      element('link', { rel: 'alternate', type: 'application/cap+xml', href: capPath(identifier) }),
    ),
  );
  const feed = element(
    'feed',
    { xmlns: 'http://www.w3.org/2005/Atom' },
    element('id', {}, 'urn:fieldpost:cap'),
    element('title', {}, 'Fieldpost: CAP 1.2 messages of the last seven days'),
    element('updated', {}, iso(issues[0]?.sentMs ?? emptyMs)),
    element('author', {}, element('name', {}, 'Fieldpost')),
    element('link', { rel: 'self', type: 'application/atom+xml', href: '/api/feeds/cap' }),
    ...entries,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xmlText(feed)}\n`;
}
