import { lstatSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { isBroken } from '../../core/adapters/spool.sqlite.fault.ts';
import { openSpoolFile, type SpoolFile } from '../../core/adapters/spool.sqlite.file.ts';
import { isFault } from '../../core/ports/fault.ts';
import { limitsOf, type SpoolSection } from '../../core/spool/limits.ts';
import { streams } from '../../core/values/envelope.ts';
import { type Finding, fine, note, warn, wrong } from './finding.ts';
import { size, span } from './words.ts';

/** What waits longer than this is not on its way, in ms. */
const lateMs = 3_600_000;
/** A spool that is fuller than this share of a quota will shed soon. */
const nearlyFull = 0.8;
/** Spools up to this size are read whole, which takes a second, in bytes. */
const checkBytes = 64e6;

export interface SpoolLook {
  readonly findings: readonly Finding[];
  /** The wear that the daemon last told, per daemon. */
  readonly wear: Readonly<Record<string, unknown>>;
}

export interface SpoolsAsked {
  readonly folder: string;
  readonly section: SpoolSection;
  readonly master: Uint8Array | null;
  readonly nowMs: number;
}

/** Looks at every file of the spool folder without changing any. Errors: the file system's own for the folder. */
export function lookAtSpools(asked: SpoolsAsked): SpoolLook {
  const findings: Finding[] = [];
  const wear: Record<string, unknown> = {};
  const names = readdirSync(asked.folder).toSorted();
  const spools = names.filter((name) => name.endsWith('.db'));
  for (const name of spools) {
    const file = path.join(asked.folder, name);
    try {
      const spool = openSpoolFile(file, 'reader', { master: asked.master });
      try {
        findings.push(...judgeSpool(file, spool, asked));
        const told = spool.recall('wear');
        if (told !== null) wear[path.basename(name, '.db')] = JSON.parse(told);
      } finally {
        spool.close();
      }
    } catch (error) {
      findings.push(unreadable(file, error));
    }
  }
  if (spools.length === 0)
    findings.push(
      warn(
        'spool',
        `${asked.folder}: no daemon has kept anything yet`,
        'start one: `systemctl start fieldpost-gas`; its log says what stops it',
      ),
    );
  return { findings: [...findings, ...judgeOthers(asked.folder, names)], wear };
}

function judgeSpool(file: string, spool: SpoolFile, { section, nowMs }: SpoolsAsked): Finding[] {
  const [depth, bytes, limits] = [spool.depth(), spool.bytes(), limitsOf(section)];
  const onDisk = ['', '-wal'].reduce(
    (sum, end) => sum + (statSync(`${file}${end}`, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  const waiting = streams.map((stream) => `${depth[stream]} ${stream}`).join(', ');
  const shares = streams.map((stream) => bytes[stream] / limits.bytes[stream]);
  const share = Math.max(...shares);
  const facts = { file, depth, bytes, quotaBytes: limits.bytes, fileBytes: onDisk };
  const text = `${path.basename(file)}: ${waiting} wait; ${size(onDisk)}, ${(100 * share).toFixed(0)} % of its quota`;
  const damage = onDisk <= checkBytes ? damageOf(file, spool) : null;
  if (damage !== null) return [damaged(file, damage)];
  const found: Finding[] = [
    share >= nearlyFull
      ? warn(
          'spool',
          text,
          'the link to the centre has been down for long: restore it, or the oldest telemetry is shed',
          facts,
        )
      : fine('spool', text, facts),
  ];
  const [oldest] = spool.peek('alert', 0, 1);
  if (oldest) found.push(...judgeAlerts(file, spool, nowMs));
  return [...found, ...openAlerts(file, spool)];
}

function damageOf(file: string, spool: SpoolFile): string | null {
  // SQLite takes what is cut from the end of a page as zeros.
  if (statSync(file).size % 512 !== 0) return 'it was cut short';
  const spoiled = spool.spoiled().length;
  return spool.check() ?? (spoiled > 0 ? `${spoiled} envelopes are spoiled` : null);
}

const alertText = z.looseObject({
  at: z.looseObject({ wallMs: z.number() }),
  body: z.looseObject({ id: z.string(), kind: z.string(), condition: z.string() }),
});

function judgeAlerts(file: string, spool: SpoolFile, nowMs: number): Finding[] {
  const parsed = spool.peek('alert', 0, 1000).flatMap(({ text }) => alertText.safeParse(JSON.parse(text)).data ?? []);
  const [first, last] = [parsed[0], parsed.at(-1)];
  if (!first || !last) return [];
  const ageMs = nowMs - first.at.wallMs;
  const facts = { file, waiting: parsed.length, oldestMs: first.at.wallMs, last: last.body.id };
  const text = `${path.basename(file)}: the last alert not confirmed by the centre is ${last.body.kind} (${last.body.condition}); the oldest waits for ${span(ageMs)}`;
  return [
    ageMs > lateMs
      ? warn(
          'alerts',
          text,
          'check the uplink: `journalctl -u fieldpost-uplink`, antenna, SIM, certificate below',
          facts,
        )
      : fine('alerts', text, facts),
  ];
}

/** The daemon's own memory of what is raised and not cleared. */
const openState = z.record(z.string(), z.looseObject({ id: z.string(), since: z.looseObject({ wallMs: z.number() }) }));

function openAlerts(file: string, spool: SpoolFile): Finding[] {
  const told = spool.recall('alert');
  const parsed = told === null ? null : openState.safeParse(JSON.parse(told)).data;
  const kinds = Object.entries(parsed ?? {});
  if (kinds.length === 0) return [fine('alerts', `${path.basename(file)}: none is raised`)];
  return kinds.map(([kind, { id, since }]) =>
    note('alerts', `${path.basename(file)}: ${kind} is raised since ${new Date(since.wallMs).toISOString()}`, { id }),
  );
}

function unreadable(file: string, error: unknown): Finding {
  if (isBroken(error)) return damaged(file, (error as Error).message);
  const why = error instanceof Error ? error.message : String(error);
  return wrong(
    'spool',
    `${path.basename(file)} cannot be read: ${why}`,
    isFault(error) && error.kind === 'absent'
      ? 'if it is not ours, move it out of the spool folder; if its daemon is running, look at its log'
      : 'run the doctor as root; if it still cannot, see `dmesg` for errors of the card',
    { file },
  );
}

const damaged = (file: string, why: string): Finding =>
  wrong(
    'spool',
    `${path.basename(file)} is damaged (${why})`,
    'restart its daemon: it keeps what is readable, moves the rest aside and reports what is lost; then replace the card',
    { file },
  );

function judgeOthers(folder: string, names: readonly string[]): Finding[] {
  const others = names.filter((name) => !/\.db(-wal|-shm|-journal)?$/.test(name));
  const aside = others.filter((name) => /\.db\.|\.db-/.test(name));
  const foreign = others.filter((name) => !aside.includes(name));
  const bytesOf = (list: readonly string[]): number =>
    // One may be gone since it was listed: our own reader, the last to close, removes what a killed writer left.
    list.reduce((sum, name) => sum + (lstatSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  return [
    ...(aside.length === 0
      ? []
      : [
          note(
            'spool',
            `${aside.length} files set aside by the daemons (${size(bytesOf(aside))}): ${aside.slice(0, 3).join(', ')}`,
            { aside },
          ),
        ]),
    ...(foreign.length === 0
      ? []
      : [
          warn(
            'spool',
            `${folder} holds files that are no spool: ${foreign.slice(0, 5).join(', ')}`,
            'move them out: the folder is the daemons’ own',
            { foreign },
          ),
        ]),
  ];
}
