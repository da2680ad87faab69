/** What every daemon runs in: log, clock, supervisor, drain. */
import path from 'node:path';
import process from 'node:process';
import { type DisciplinedClock, disciplinedClock } from '../../core/adapters/clock.disciplined.ts';
import { feedSource } from '../../core/adapters/clock.feed.ts';
import { floorFile } from '../../core/adapters/clock.floor.ts';
import { chronySource, timesyncdSource } from '../../core/adapters/clock.ntp.ts';
import { bootId, systemClock } from '../../core/adapters/clock.system.ts';
import { pinoLog } from '../../core/adapters/log.pino.ts';
import { systemdNotify } from '../../core/adapters/notify.systemd.ts';
import { run } from '../../core/daemon/run.ts';
import type { Running } from '../../core/daemon/running.ts';
import type { BoxOptions } from '../verbs/options.ts';

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
  const boxClock = place && (await clockOf(place));
  const clock = boxClock ?? systemClock();
  process.exitCode = await run(line, {
    clock,
    beganNs: clock.now().monoNs - process.uptime() * 1e9,
    log: pinoLog(name),
    notify: systemdNotify(process.env.NOTIFY_SOCKET),
    feedEveryMs: Number(process.env.WATCHDOG_USEC ?? 30e6) / 3000,
    drainMs: 20_000,
  });
  await boxClock?.close();
  process.exit();
}

const clockOf = ({ state, feed }: ClockPlace): Promise<DisciplinedClock> =>
  disciplinedClock({
    sources: [chronySource(), timesyncdSource(), feedSource(feed, bootId())],
    floor: floorFile(path.join(state, 'clock.json')),
  });
