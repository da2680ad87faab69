/** What verbs share: how numbers are read, and the options of a verb that runs on a box. */
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import type { DisciplinedClock } from '../../core/adapters/clock.disciplined.ts';
import type { Running } from '../../core/daemon/running.ts';
import * as place from '../place.ts';

/** What the clock of a box needs to know where it stands: the state folder, and the socket of the box's feed. */
type ClockPlace = Pick<BoxOptions, 'state' | 'feed'>;

/**
 * Runs a daemon under supervision and leaves its exit code. On a box (`place`) its clock listens to time sources and
 * keeps the floor; a central program takes the machine's as it is.
 */
export async function daemon(
  name: string,
  place: ClockPlace | null,
  line: (ctx: Running) => Promise<void>,
): Promise<void> {
  const [{ systemClock }, { pinoLog }, { systemdNotify }, { run }] = await Promise.all([
    import('../../core/adapters/clock.system.ts'),
    import('../../core/adapters/log.pino.ts'),
    import('../../core/adapters/notify.systemd.ts'),
    import('../../core/daemon/run.ts'),
  ]);
  const boxClock = place && (await clockOf(place));
  process.exitCode = await run(line, {
    clock: boxClock ?? systemClock(),
    log: pinoLog(name),
    notify: systemdNotify(process.env.NOTIFY_SOCKET),
    feedEveryMs: Number(process.env.WATCHDOG_USEC ?? 30e6) / 3000,
    drainMs: 20_000,
  });
  await boxClock?.close();
  process.exit();
}

async function clockOf({ state, feed }: ClockPlace): Promise<DisciplinedClock> {
  const [{ disciplinedClock }, { feedSource }, { floorFile }, { chronySource, timesyncdSource }, { bootId }] =
    await Promise.all([
      import('../../core/adapters/clock.disciplined.ts'),
      import('../../core/adapters/clock.feed.ts'),
      import('../../core/adapters/clock.floor.ts'),
      import('../../core/adapters/clock.ntp.ts'),
      import('../../core/adapters/clock.system.ts'),
    ]);
  return disciplinedClock({
    sources: [chronySource(), timesyncdSource(), feedSource(feed, bootId())],
    floor: floorFile(path.join(state, 'clock.json')),
  });
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

export interface Keeping {
  readonly keepTelemetry?: number;
  readonly keepEvents?: number;
}
/** How long a centre keeps what no alert needs. */
export const keeping = (command: Command): Command =>
  command
    .option(
      '--keep-telemetry <days>',
      'telemetry and routine events, whole; after it their links alone (usual: 30)',
      number,
    )
    .option('--keep-events <days>', 'all other events, whole (usual: 400)', number);

export interface BoxOptions {
  readonly config: string;
  readonly device: string;
  readonly state: string;
  readonly feed: string;
  readonly models: string;
  readonly withParent?: boolean;
}

export const onBox = (program: Command, name: string, what: string, isDefault = false): Command =>
  program
    .command(name, { isDefault })
    .description(what)
    .requiredOption('--config <folder>', 'folder with devices/, boards/ and profiles/')
    .requiredOption('--device <name>', 'which of devices/')
    .requiredOption('--state <folder>', 'where the box keeps what it must not lose')
    .option('--feed <socket>', "the box's own feed: pose, wind and time", '/run/fieldpost/feed.sock')
    .option('--models <folder>', 'models, in place of those of the box', place.models)
    .option('--with-parent', 'stop when stdin closes');
