/** One look at a box from beside its daemons: what the kernel says of them, of the card and of the heat, and what waits in the spools. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { wearCounters } from '../../core/adapters/wear.linux.ts';
import { streams } from '../../core/values/envelope.ts';
import type { DaemonLook, Look, SpoolLook } from './report.ts';

export interface Places {
  /** The box's state folder. */
  readonly state: string;
  readonly proc: string;
  readonly sys: string;
}

/** Daemons of a box: a verb that is not one of these is a tool that somebody runs for a moment. */
const daemons: ReadonlySet<string> = new Set(['gas', 'camera', 'dock', 'dji', 'uplink', 'local-page']);
const kilo = 1024;

export function lookAt({ state, proc, sys }: Places, atMs: number): Look {
  return {
    atMs,
    daemons: readdirSync(proc)
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => daemonAt(path.join(proc, pid), Number(pid), state)),
    spools: spoolsIn(path.join(state, 'spool'), atMs),
    celsius: milli(textOf(path.join(sys, 'class/thermal/thermal_zone0/temp'))),
    // Of the Raspberry Pi's firmware, as hexadecimal bits; elsewhere there is no such file.
    throttled: hexadecimal(textOf(path.join(sys, 'devices/platform/soc/soc:firmware/get_throttled'))),
    deviceBytes: wearCounters(state).read().device?.bytes ?? null,
  };
}

/** A daemon of this box by its command line: `fieldpost VERB ... --state STATE`, however it was started. */
function daemonAt(folder: string, pid: number, state: string): DaemonLook[] {
  const words = textOf(path.join(folder, 'cmdline'))?.split('\0') ?? [];
  const at = words.indexOf('--state');
  if (at < 0 || path.resolve(words[at + 1] ?? '') !== path.resolve(state)) return [];
  const name = words.find((word) => daemons.has(word));
  const stat = textOf(path.join(folder, 'stat'));
  if (name === undefined || stat === null) return [];
  const rollup = textOf(path.join(folder, 'smaps_rollup')) ?? '';
  const status = textOf(path.join(folder, 'status')) ?? '';
  return [
    {
      name,
      pid,
      // Field 22 (proc_pid_stat(5)), behind a name that may hold spaces: a number that was given again is another process.
      started: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]),
      rssBytes: kiloOf(status, 'VmRSS'),
      pssBytes: kiloOf(rollup, 'Pss'),
      descriptors: countIn(path.join(folder, 'fd')),
      writtenBytes: numberOf(textOf(path.join(folder, 'io')) ?? '', 'write_bytes'),
    },
  ];
}

function spoolsIn(folder: string, atMs: number): SpoolLook[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.db'))
    .map((name) => {
      const file = path.join(folder, name);
      const times = [file, `${file}-wal`].map((one) => statSync(one, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      return { name: name.slice(0, -3), waiting: waitingIn(file), silentMs: Math.max(0, atMs - Math.max(...times)) };
    });
}

/** How many envelopes wait, none of which is read; null where the file cannot be looked into just now. */
function waitingIn(file: string): number | null {
  try {
    const db = new DatabaseSync(file, { readOnly: true, timeout: 2000 });
    try {
      return streams.reduce((sum, one) => sum + Number(db.prepare(`SELECT count(*) AS n FROM ${one}`).get()?.n), 0);
    } finally {
      db.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SQLITE_ERROR') throw error;
    return null;
  }
}

/** Null where it is not there, or is another's: a process may end between two looks. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).errno !== 'number') throw error;
    return null;
  }
}

function countIn(folder: string): number | null {
  try {
    return readdirSync(folder).length;
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).errno !== 'number') throw error;
    return null;
  }
}

const numberOf = (text: string, key: string): number | null => {
  const found = new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1];
  return found === undefined ? null : Number(found);
};
const kiloOf = (text: string, key: string): number | null => {
  const found = numberOf(text, key);
  return found === null ? null : found * kilo;
};
const milli = (text: string | null): number | null => {
  const value = text === null ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value / 1000 : null;
};
const hexadecimal = (text: string | null): number | null => {
  const value = text === null ? Number.NaN : Number.parseInt(text.trim().replace(/^0x/, ''), 16);
  return Number.isFinite(value) ? value : null;
};
