import type { Clock } from '../ports/clock.ts';
import { isFault } from '../ports/fault.ts';
import type { Log } from '../ports/log.ts';
import type { Notify } from '../ports/notify.ts';
import type { Running } from './running.ts';

export interface Supervision {
  readonly clock: Clock;
  readonly log: Log;
  readonly notify: Notify;
  /** How often the watchdog may be fed, in ms: a third of WatchdogSec. */
  readonly feedEveryMs: number;
  /** Longest drain after a stop, in ms: the spool keeps what was not drained. */
  readonly drainMs: number;
  /** When this process began, on the clock's monotonic time. */
  readonly beganNs?: number | undefined;
}

/**
 * Runs one daemon's line until SIGTERM or SIGINT, drains it and gives the exit code: 0 after a drain, 2 for a
 * configuration that must be mended first, 1 for anything else, which is a bug or a world that ended the line.
 * The watchdog is fed only when the line has reported progress since the last time: a stuck line is restarted.
 */
export async function run(line: (ctx: Running) => Promise<void>, supervision: Supervision): Promise<number> {
  const { clock, log, notify, feedEveryMs, drainMs, beganNs } = supervision;
  const stop = new AbortController();
  const ended = new AbortController();
  let moved = false;

  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) return;
    log.info('stopping', { signal });
    notify.stopping();
    stop.abort();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);

  const feed = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await clock.sleep(feedEveryMs, 'watchdog', ended.signal);
      if (moved) notify.alive();
      moved = false;
    }
  };
  const progress = (): void => {
    moved = true;
  };

  void feed();
  log.info('started', { pid: process.pid, node: process.versions.node });
  notify.ready();
  try {
    const tooLate = new Promise<'late'>((resolve) => {
      stop.signal.addEventListener(
        'abort',
        () => void clock.sleep(drainMs, 'drain', ended.signal).then(() => resolve('late')),
        {
          once: true,
        },
      );
    });
    const how = await Promise.race([line({ signal: stop.signal, progress, log, clock, beganNs }), tooLate]);
    if (how === 'late') {
      log.error('drain took too long; what was not drained stays in the spool', { drainMs });
      return 1;
    }
    log.info('stopped');
    return 0;
  } catch (error) {
    const fault = isFault(error) ? error : null;
    log.error(error instanceof Error ? error.message : String(error), {
      kind: fault?.kind ?? 'bug',
      ...(fault ? {} : { stack: error instanceof Error ? error.stack : undefined }),
    });
    return fault?.kind === 'config' || fault?.kind === 'refused' ? 2 : 1;
  } finally {
    ended.abort();
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
  }
}
