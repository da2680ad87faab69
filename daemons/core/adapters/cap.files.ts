/** CAP messages as files, for whoever takes them over by file: one a message, whole at once, and never written again. */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type CapIssue, type CapScope, capText } from '../cap/message.ts';
import { Fault } from '../ports/fault.ts';
import { replaceFile } from './durable-file.ts';

/** Errors: Fault `refused` when the disk does not let us; those before it are there. */
export type WriteCap = (issues: readonly CapIssue[]) => Promise<{ readonly written: number; readonly there: number }>;

/** Makes the folder. Errors: Fault `config` where it cannot be made. */
export function openCapFiles(folder: string, scope: CapScope): WriteCap {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const why = (error as Error).message;
    throw new Fault('config', `folder of CAP messages ${folder}: ${why}; must be one that can be written`, error);
  }
  return async (issues) => {
    let written = 0;
    for (const one of issues) {
      const file = path.join(folder, capFileName(one));
      if (existsSync(file)) continue;
      await replaceFile(file, `<?xml version="1.0" encoding="UTF-8"?>\n${capText(one, scope)}\n`, 0o640);
      written += 1;
    }
    return { written, there: issues.length - written };
  };
}

/** By time and identifier, of letters that every file system has. */
function capFileName({ sentMs, identifier }: CapIssue): string {
  const time = new Date(sentMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${encodeURIComponent(identifier)
    .replace(/[%*'()!~]/g, '_')
    .slice(0, 120)}.xml`;
}
