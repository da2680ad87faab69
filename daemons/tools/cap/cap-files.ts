/** `fieldpost cap`: CAP messages as files, for whoever takes them over by file. */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { openArchiveAt, openDeskAt, openRecordsAt } from '../../core/adapters/centre.ts';
import { replaceFile } from '../../core/adapters/durable-file.ts';
import { capIssues } from '../../core/cap/issue.ts';
import { type CapIssue, type CapScope, capText, usualScope } from '../../core/cap/message.ts';
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
  mkdirSync(out, { recursive: true });
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
      for (const one of issues) {
        const file = path.join(out, capFileName(one));
        if (existsSync(file)) there += 1;
        else {
          await replaceFile(file, `<?xml version="1.0" encoding="UTF-8"?>\n${capText(one, scope)}\n`, 0o640);
          written += 1;
        }
      }
    }
  } finally {
    await Promise.all([records.close(), desk.close(), archive.close()]);
  }
  return [`${out}: ${written} messages written, ${there} were there`];
}

/** By time and identifier, of letters that every file system has. */
export function capFileName({ sentMs, identifier }: CapIssue): string {
  const time = new Date(sentMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${encodeURIComponent(identifier)
    .replace(/[%*'()!~]/g, '_')
    .slice(0, 120)}.xml`;
}
