/** `fieldpost check` of a configuration that is not on the disk yet. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { mistakesOf, modelMistakesOf } from '../check.ts';

/** Every mistake of one device's files, a line each, with paths as the operator named them. */
export async function mistakesIn(
  files: Readonly<Record<string, string>>,
  device: string,
  models: string,
): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-check-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    const found = [...mistakesOf(folder, device), ...(await modelMistakesOf(folder, device, models))];
    return [...new Set(found)].map((line) => line.replaceAll(`${folder}/`, ''));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
