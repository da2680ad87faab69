/** Alerts out of the spools of a box, as its daemons keep them: for who shows them on the box itself. Nothing is written. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isFault } from '../ports/fault.ts';
import type { Log } from '../ports/log.ts';
import type { SpoolReader } from '../ports/spool.ts';
import { keptAlerts } from '../spool/kept-alerts.ts';
import type { Alert } from '../values/alert.ts';
import type { Envelope } from '../values/envelope.ts';
import { parseEnvelope } from '../wire/envelope.ts';

export interface AlertSpools {
  /** Reads what was appended since, in every spool; opens what appeared. */
  look(): Promise<void>;
  close(): Promise<void>;
}

export interface AlertSpoolsParts {
  readonly folder: string;
  /** The file of the asker's own spool, which holds no alerts. */
  readonly own: string;
  open(file: string): Promise<SpoolReader>;
  onAlert(alert: Alert): void;
  /** By the clock of the box, Unix ms: what its daemon remembers and what has expired is not told. */
  nowMs(): number;
  /** Something was appended: look soon. */
  onNews(): void;
  readonly log: Log;
}

interface Followed {
  readonly reader: SpoolReader;
  seq: number;
  /** What the daemon remembers was told, once. */
  isBegun: boolean;
}

const atOnce = 200;

export function followAlerts({ folder, own, open, onAlert, onNews, nowMs, log }: AlertSpoolsParts): AlertSpools {
  const followed = new Map<string, Followed>();
  const trouble = new Map<string, string>();
  const names = (): string[] => {
    try {
      return readdirSync(folder).filter((name) => name.endsWith('.db') && name !== own);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  };
  const drop = async (name: string): Promise<void> => {
    const one = followed.get(name);
    followed.delete(name);
    await one?.reader.close();
  };
  const opened = async (name: string): Promise<Followed> => {
    const before = followed.get(name);
    if (before) return before;
    const reader = await open(path.join(folder, name));
    reader.onAppend(onNews);
    const one = { reader, seq: 0, isBegun: false };
    followed.set(name, one);
    return one;
  };
  const read = async (one: Followed): Promise<void> => {
    // Alerts that stand and that the centre took before anybody looked here.
    if (!one.isBegun)
      for (const alert of await keptAlerts(one.reader))
        if (alert.condition !== 'cleared' && alert.expiresMs > nowMs()) onAlert(alert);
    one.isBegun = true;
    for (;;) {
      const some = await one.reader.peek('alert', one.seq, atOnce);
      const last = some.at(-1);
      if (!last) return;
      one.seq = last.seq;
      for (const { text } of some) onAlert((parseEnvelope(text) as Envelope<'alert'>).body);
    }
  };
  /** A spool that cannot be read is said once, and tried again: the others go on. */
  const attempt = async (name: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      trouble.delete(name);
    } catch (error) {
      if (!isFault(error)) throw error;
      // Not made yet, or replaced: it is opened anew.
      if (error.kind === 'absent') await drop(name);
      else if (trouble.get(name) !== error.message)
        log.warn('alerts of a spool cannot be read', { file: name, reason: error.message });
      trouble.set(name, error.message);
    }
  };
  return {
    look: async () => {
      const there = names();
      for (const name of followed.keys()) if (!there.includes(name)) await drop(name);
      for (const name of there) await attempt(name, async () => read(await opened(name)));
    },
    close: async () => {
      for (const name of [...followed.keys()]) await drop(name);
    },
  };
}
