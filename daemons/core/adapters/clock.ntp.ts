/** The state of the NTP client that disciplines this box: chronyd or systemd-timesyncd, whichever answers. */
import { execFile } from 'node:child_process';
import { chronyBound } from '../clock/chrony.ts';
import { parseTimesync, type TimesyncStatus, timesyncBound } from '../clock/timesyncd.ts';
import type { ClockPair, TimeSource, TimeWatch } from '../ports/time-source.ts';

/** A program that does not answer is not waited for. */
const timeoutMs = 3000;
/**
 * Looks for the first time, while nothing is known, once something is, and while the program is not even installed, in ms. The first one
 * waits, since a fork would hold up a daemon's first reading. A program that goes on knowing nothing is asked half as often each time,
 * down to the pace of one that knows: a fork costs more than a second of measuring, and a clock that is set is noticed at once by
 * itself (`hurry`).
 */
const looksMs = { first: 1000, searching: 15_000, following: 60_000, absent: 600_000 } as const;

/** The wall clock moves by this against the monotonic one only when it is set, in ms. */
const setMs = 50;

export interface NtpOptions {
  /** Program and arguments: a test asks a chronyd of its own. */
  readonly command?: readonly [string, ...string[]];
  readonly looksMs?: Readonly<Record<keyof typeof looksMs, number>>;
}

/** Answers with stdout, or with null when the program failed; `absent` when there is none. */
type Asked = { readonly text: string } | 'failed' | 'absent';

/** A source that runs `command` beside everything else, never two at a time, and makes a bound of what it prints. */
function programSource(
  name: string,
  command: readonly [string, ...string[]],
  looks: Readonly<Record<keyof typeof looksMs, number>>,
  boundOf: (text: string, monoNs: number) => number | null,
): TimeSource {
  const watch: TimeSource['watch'] = (read, tell): TimeWatch => {
    const stop = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    let again = false;
    let busy = false;
    let vain = 0;

    /** The bound for the system's clock as it stands, or why there is none. */
    const answer = async (): Promise<{ at: ClockPair; bound: number } | keyof typeof looksMs> => {
      const before = read();
      const asked = await ask(command, stop.signal);
      if (asked === 'absent') return 'absent';
      const at = read();
      // Set while the program looked: which of the two clocks it spoke of is not known.
      const isSet = Math.abs(at.systemMs - before.systemMs - (at.monoNs - before.monoNs) / 1e6) > setMs;
      const bound = asked === 'failed' || isSet ? null : boundOf(asked.text, at.monoNs);
      return bound === null ? 'searching' : { at, bound };
    };
    const look = async (): Promise<void> => {
      clearTimeout(timer);
      again = busy;
      if (busy) return;
      busy = true;
      const found = await answer();
      busy = false;
      if (stop.signal.aborted) return;
      let nextMs = looks.following;
      if (typeof found === 'string') {
        nextMs = found === 'searching' ? Math.min(looks.searching * 2 ** vain, looks.following) : looks[found];
        vain += 1;
      } else {
        vain = 0;
        const { at, bound } = found;
        tell({ source: name, monoNs: at.monoNs, wallMs: at.systemMs, uncertaintyMs: bound, steers: true });
      }
      timer = setTimeout(() => void look(), again ? 0 : nextMs);
      timer.unref();
    };
    timer = setTimeout(() => void look(), looks.first);
    timer.unref();
    return {
      hurry: () => {
        vain = 0;
        void look();
      },
      close: () => {
        stop.abort();
        clearTimeout(timer);
      },
    };
  };
  return { name, watch };
}

function ask([program, ...args]: readonly [string, ...string[]], signal: AbortSignal): Promise<Asked> {
  return new Promise((resolve) => {
    const options = {
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: 65_536,
      signal,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    } as const;
    execFile(program, args, options, (error, stdout) => {
      if (!error) resolve({ text: stdout });
      else resolve(error.code === 'ENOENT' || error.code === 'EACCES' ? 'absent' : 'failed');
    });
  });
}

export const chronySource = (options: NtpOptions = {}): TimeSource =>
  programSource(
    'chrony',
    options.command ?? ['chronyc', '-n', '-c', 'tracking'],
    options.looksMs ?? looksMs,
    chronyBound,
  );

export function timesyncdSource(options: NtpOptions = {}): TimeSource {
  let last: { readonly status: TimesyncStatus; readonly sinceNs: number } | null = null;
  return programSource(
    'timesyncd',
    options.command ?? ['timedatectl', '--no-pager', 'timesync-status'],
    options.looksMs ?? looksMs,
    (text, monoNs) => {
      const status = parseTimesync(text);
      if (status === null) return null;
      if (last?.status.packets !== status.packets) last = { status, sinceNs: monoNs };
      const quietMs = (monoNs - last.sinceNs) / 1e6;
      // It goes on showing the last packet of a server that is gone.
      return quietMs > 2 * status.pollMs ? null : timesyncBound(status, quietMs);
    },
  );
}

/** The system's two clocks: CLOCK_MONOTONIC and the wall clock. */
export const systemPair = (): ClockPair => ({ monoNs: Number(process.hrtime.bigint()), systemMs: Date.now() });
