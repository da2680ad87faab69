/** `fieldpost soak-box`: looks at a box again and again for some days, and writes a report that may be sent. It changes nothing of the box. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lookAt } from './look.ts';
import { type Look, reportOf, reportText } from './report.ts';

export interface SoakOptions {
  readonly state: string;
  /** Where looks and report are written; a run that was cut off goes on from what is there. */
  readonly out: string;
  readonly hours: number;
  readonly everyS: number;
  readonly version: string;
}

/** What a Raspberry Pi says that it is; elsewhere the processor. */
function machine(): string {
  const file = '/proc/device-tree/model';
  const model = existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\0', '') : (os.cpus()[0]?.model ?? 'unknown');
  return `${model} (${os.arch()}), Linux ${os.release()}`;
}

/** Looks that a cut off run left; the last line may be half a one. */
function looksIn(file: string): Look[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.slice(0, -1).flatMap((line) => {
    try {
      return [JSON.parse(line) as Look];
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return [];
    }
  });
}

/** Runs until the hours are over or `signal` aborts, then gives the report as text. The report is written anew once an hour as well. */
export async function soakBox(
  { state, out, hours, everyS, version }: SoakOptions,
  signal: AbortSignal,
): Promise<string> {
  mkdirSync(out, { recursive: true });
  const files = { json: path.join(out, 'soak.json'), text: path.join(out, 'soak.txt') };
  const lines = path.join(out, 'looks.jsonl');
  const looks = looksIn(lines);
  // Of a line that was cut off nothing may stand before the next one.
  writeFileSync(lines, looks.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const write = (): string => {
    const report = reportOf(looks, { version, machine: machine() });
    const text = reportText(report);
    writeFileSync(files.json, `${JSON.stringify(report)}\n`);
    writeFileSync(files.text, text);
    return text;
  };
  const everyHour = Math.max(1, Math.round(3600 / everyS));
  for (;;) {
    const look = lookAt({ state, proc: '/proc', sys: '/sys' }, Date.now());
    looks.push(look);
    appendFileSync(lines, `${JSON.stringify(look)}\n`);
    if (looks.length % everyHour === 0) write();
    const ranMs = look.atMs - (looks[0]?.atMs ?? look.atMs);
    if (signal.aborted || ranMs >= hours * 3_600_000) return write();
    await pause(everyS * 1000, undefined, { signal, ref: true }).catch(() => {});
    if (signal.aborted) return write();
  }
}
