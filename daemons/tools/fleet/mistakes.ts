/** `fieldpost check` of a configuration that is not on the disk yet, by the program and with the models that it will have. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { mistakesOf, modelMistakesOf } from '../check.ts';

const run = promisify(execFile);
const patienceMs = 120_000;

type ByName = Readonly<Record<string, string>>;

export interface Checking {
  readonly device: string;
  /** The executable that will read it; null: this one. */
  readonly program: string | null;
  /** Folder of the models of the box. */
  readonly models: string;
  /** Links of a folder of models in its place; none: that one. */
  readonly links: ByName;
}

/** Every mistake of one device's files, a line each, with paths as the operator named them. */
export async function mistakesIn(
  files: ByName,
  { device, program, models, links }: Checking,
): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-check-'));
  const [config, linked] = [path.join(folder, 'config'), path.join(folder, 'models')];
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(config, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    mkdirSync(linked);
    for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(linked, name));
    const wanted = Object.keys(links).length > 0 ? linked : models;
    const found =
      program === null
        ? [...mistakesOf(config, device), ...(await modelMistakesOf(config, device, wanted))]
        : await saidBy(program, ['check', '--config', config, '--device', device, '--models', wanted]);
    return [...new Set(found)].map((line) => line.replaceAll(`${config}/`, '').replaceAll(`${linked}/`, 'models/'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What another program finds: a line of stderr each. One that does not end with 0 or 1 is a mistake of its own. */
async function saidBy(program: string, args: readonly string[]): Promise<readonly string[]> {
  try {
    await run(program, args, { timeout: patienceMs });
    return [];
  } catch (error) {
    const { code, stderr = '', message } = error as { code?: unknown; stderr?: string; message: string };
    const lines = stderr.split('\n').filter((line) => line !== '');
    if (code === 1 && lines.length > 0) return lines;
    return [`its program cannot check the configuration: ${[...lines, message].slice(-3).join('; ')}`];
  }
}
