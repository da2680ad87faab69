/** What the verbs `why`, `verify` and `replay` do and say. Exit codes: 0 whole, 1 not, 2 could not be looked at. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { openSpoolArchive } from '../../core/adapters/archive.spool.ts';
import { openArchiveAt } from '../../core/adapters/centre.ts';
import { openStorageKey } from '../../core/adapters/storage-key.tpm.ts';
import { type Verdict, verifyBundle } from '../../core/evidence/verify.ts';
import type { Archive } from '../../core/ports/archive.ts';
import { Fault } from '../../core/ports/fault.ts';
import { collect } from './collect.ts';
import { disclose } from './disclosure.ts';
import { replayBundle } from './replay.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

export interface WhyCall {
  readonly records?: string | undefined;
  readonly state?: string | undefined;
  readonly out: string;
  readonly windowS: number;
  readonly disclosure: boolean;
  readonly models: string;
}

export async function openArchive({ records, state }: Pick<WhyCall, 'records' | 'state'>): Promise<Archive> {
  if ((records === undefined) === (state === undefined))
    throw new Fault('config', 'give --records (at the centre) or --state (at the box), one of them');
  if (records !== undefined) return openArchiveAt(records);
  const folder = state ?? '';
  const { key } = await openStorageKey({ folder: path.join(folder, 'identity') });
  return openSpoolArchive(path.join(folder, 'spool'), key);
}

/** Writes the bundle and says what is in it. A bundle that does not verify is written all the same, and named. */
export async function why(alert: string, call: WhyCall): Promise<number> {
  const archive = await openArchive(call);
  try {
    const source = call.records === undefined ? 'state' : 'records';
    const { windowS, models } = call;
    const plain = await collect(archive, { alert, source, windowS, models, nowMs: Date.now() });
    const text = call.disclosure ? await disclose(archive, plain, models) : plain;
    const file = placeOf(call.out, alert);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    const verdict = verifyBundle(text, { heads: await archive.heads(alert.split('.', 1)[0] ?? '') });
    say(`${file}: ${text.length} bytes, ${verdict.bundle.links.length} envelopes`);
    for (const one of verdict.bundle.header?.value.missing ?? []) say(`missing: ${one}`);
    return tell(file, verdict);
  } finally {
    await archive.close();
  }
}

function placeOf(out: string, alert: string): string {
  const isFolder = out.endsWith('/') || statSync(out, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? path.join(out, `${alert}.jsonl`) : out;
}

export interface VerifyCall {
  readonly ca?: string | undefined;
  readonly head?: string | undefined;
  readonly records?: string | undefined;
  readonly json: boolean;
}

export async function verify(file: string, { ca, head, records, json }: VerifyCall): Promise<number> {
  const text = read(file);
  const heads = head === undefined ? [] : headsIn(read(head));
  if (records !== undefined) {
    const archive = await openArchive({ records });
    heads.push(...(await archive.heads(verifyBundle(text).bundle.header?.value.device ?? '')));
    await archive.close();
  }
  const verdict = verifyBundle(text, { ca: ca === undefined ? undefined : read(ca), heads });
  if (!json) return tell(file, verdict);
  const { ok, problems, notes, bundle } = verdict;
  say(
    JSON.stringify({
      ok,
      first: problems[0] ?? null,
      problems: problems.length,
      envelopes: bundle.links.length,
      notes,
    }),
  );
  return ok ? 0 : 1;
}

/** Heads one a line: as they are retained at the broker, or the text of the seal alone. */
function headsIn(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const quoted = /"envelope":("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
    return quoted === undefined ? line : (JSON.parse(quoted) as string);
  });
}

function tell(file: string, { ok, problems, notes }: Verdict): number {
  for (const note of notes) say(`note: ${note}`);
  const [first] = problems;
  if (first) {
    const where = first.stream === null ? '' : ` ${first.stream} ${first.seq} of spool ${first.spool}:`;
    say(`BAD ${file}:${first.line}:${where} ${first.what}`);
    if (problems.length > 1) say(`and ${problems.length - 1} more behind it`);
  }
  say(ok ? 'whole: every link, seal and record holds' : 'NOT whole');
  return ok ? 0 : 1;
}

function read(file: string): string {
  try {
    // Bytes that are no UTF-8 become other characters: then a hash does not hold, and the line is named.
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Fault('absent', `${file}: cannot be read (${code ?? message})`, error);
  }
}

/** Replays a bundle that verifies; says of every revision whether the decision is the same, to the byte. */
export async function replay(file: string, models: string, json: boolean): Promise<number> {
  const verdict = verifyBundle(read(file));
  if (!verdict.ok) return tell(file, verdict);
  const { revisions, telemetry, states, notes } = await replayBundle(verdict, models);
  const same = revisions.filter(({ recorded, replayed }) => recorded === replayed);
  const ok = revisions.length > 0 && same.length === revisions.length && telemetry.same === telemetry.of;
  const arch = process.arch;
  if (json) {
    say(JSON.stringify({ ok, arch, revisions: { same: same.length, of: revisions.length }, telemetry, states, notes }));
    return ok ? 0 : 1;
  }
  for (const note of notes) say(`note: ${note}`);
  for (const { rev, recorded, replayed } of revisions)
    say(`revision ${rev}: ${replayed === null ? 'the line says nothing there' : differenceOf(recorded, replayed)}`);
  say(
    `measurements: ${telemetry.same} of ${telemetry.of} envelopes the same; memories of the line: ${states.same} of ${states.of}`,
  );
  say(ok ? `the same decision, to the byte (${arch})` : `NOT the same decision (${arch})`);
  return ok ? 0 : 1;
}

function differenceOf(recorded: string, replayed: string): string {
  if (recorded === replayed) return 'the same, to the byte';
  const at = [...recorded].findIndex((letter, i) => letter !== replayed[i]);
  const from = Math.max(0, at - 30);
  return `differs at byte ${at}: recorded ${recorded.slice(from, at + 30)} replayed ${replayed.slice(from, at + 30)}`;
}
