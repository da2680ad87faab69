/** What verbs share: how numbers are read, and the options of a verb that runs on a box. */
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import type { Running } from '../../core/daemon/running.ts';

/** The project's own folder: models/ and firmware-configs/ are in it. */
export const root = path.join(import.meta.dirname, '../../..');

/** Runs a daemon under supervision and leaves its exit code. */
export async function daemon(name: string, line: (ctx: Running) => Promise<void>): Promise<void> {
  const [{ systemClock }, { pinoLog }, { systemdNotify }, { run }] = await Promise.all([
    import('../../core/adapters/clock.system.ts'),
    import('../../core/adapters/log.pino.ts'),
    import('../../core/adapters/notify.systemd.ts'),
    import('../../core/daemon/run.ts'),
  ]);
  process.exitCode = await run(line, {
    clock: systemClock(),
    log: pinoLog(name),
    notify: systemdNotify(process.env.NOTIFY_SOCKET),
    feedEveryMs: Number(process.env.WATCHDOG_USEC ?? 30e6) / 3000,
    drainMs: 20_000,
  });
  process.exit();
}

/** For children of a supervisor that is no systemd: when it dies, its end of our stdin closes, and we stop. */
export function stopWithParent(): void {
  process.stdin.resume();
  process.stdin.on('close', () => process.kill(process.pid, 'SIGTERM'));
}

export const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`"${text}" is not a whole number`);
  return value;
};
export const number = (text: string): number => {
  if (!Number.isFinite(Number(text))) throw new Error(`"${text}" is not a number`);
  return Number(text);
};
export const list = (one: string, all: readonly string[] = []): string[] => [...all, one];

export interface BoxOptions {
  readonly config: string;
  readonly device: string;
  readonly state: string;
  readonly withParent?: boolean;
}

export const onBox = (program: Command, name: string, what: string): Command =>
  program
    .command(name)
    .description(what)
    .requiredOption('--config <folder>', 'folder with devices/, boards/ and profiles/')
    .requiredOption('--device <name>', 'which of devices/')
    .requiredOption('--state <folder>', 'where the box keeps what it must not lose')
    .option('--with-parent', 'stop when stdin closes');
