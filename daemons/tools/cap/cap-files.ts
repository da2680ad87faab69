/** `fieldpost cap`: CAP messages as files, for whoever takes them over by file. */
import { openCapFiles } from '../../core/adapters/cap.files.ts';
import { openArchiveAt, openDeskAt, openRecordsAt } from '../../core/adapters/centre.ts';
import { capIssues } from '../../core/cap/issue.ts';
import { type CapScope, usualScope } from '../../core/cap/message.ts';
import { capHistoryOf } from '../../core/cap/read-history.ts';
import type { AlertRecord } from '../../core/ports/records.ts';

export interface CapFilesOptions {
  readonly records: string;
  readonly out: string;
  readonly days: number;
  /** Whether there is a layer of dwellings. */
  readonly dwellings: boolean;
  readonly address?: readonly string[] | undefined;
  readonly restriction?: string | undefined;
}

const page = 500;

/** Says how many were written. Errors: Fault of the store; the system's own for a folder that cannot be written. */
export async function capFiles(options: CapFilesOptions, nowMs = Date.now()): Promise<readonly string[]> {
  const { records: where, out, days, dwellings, address, restriction } = options;
  const scope: CapScope = address ? { addresses: address } : restriction ? { restriction } : usualScope;
  const write = openCapFiles(out, scope);
  const archive = await openArchiveAt(where);
  const [desk, records] = [await openDeskAt(where), await openRecordsAt(where)];
  let [written, there] = [0, 0];
  try {
    const recent: AlertRecord[] = [];
    for (let cursor = 0; ; ) {
      const changes = await records.changes(cursor, page);
      if (changes.cursor === cursor) break;
      cursor = changes.cursor;
      recent.push(...changes.alerts.filter(({ changedMs }) => changedMs >= nowMs - days * 86_400_000));
    }
    for (const record of recent) {
      const issues = capIssues(await capHistoryOf(record, archive, desk), { layered: dwellings, nowMs });
      const done = await write(issues);
      written += done.written;
      there += done.there;
    }
  } finally {
    await Promise.all([records.close(), desk.close(), archive.close()]);
  }
  return [`${out}: ${written} messages written, ${there} were there`];
}
