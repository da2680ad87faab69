/** Daemons as children of this process, for a bench and for simulated boxes: what systemd does on a real one. */
import { type ChildProcess, spawn } from 'node:child_process';
import readline from 'node:readline';
import type { DaemonState, Supervisor } from '../ports/supervisor.ts';

export interface ProcessSupervisor extends Supervisor {
  /** Ends all of them: SIGTERM, and SIGKILL to what is still there. */
  close(): Promise<void>;
}

export interface ProcessOptions {
  readonly daemons: readonly string[];
  /** Program and arguments with which a daemon is started now; asked at every start. */
  readonly command: (daemon: string) => readonly string[];
  /** What they print goes there, a line at a time. */
  readonly onLine: (line: string) => void;
}

/** As `RestartSec` of the unit, and a little more patience than its `TimeoutStopSec` is not needed on a bench. */
const [restartMs, graceMs] = [500, 5000];
/** As `RestartPreventExitStatus` of the unit: somebody must mend the configuration first. */
const hopeless = 2;

interface Kept {
  child: ChildProcess | null;
  state: DaemonState;
  timer: NodeJS.Timeout | undefined;
  wanted: boolean;
}

export function processSupervisor({ daemons, command, onLine }: ProcessOptions): ProcessSupervisor {
  const all = new Map<string, Kept>(
    daemons.map((name) => [
      name,
      { child: null, state: { is: 'starting', restarts: 0, said: '' }, timer: undefined, wanted: false },
    ]),
  );

  const start = (name: string, kept: Kept): void => {
    kept.wanted = true;
    const [file = '', ...args] = command(name);
    // Its stdin is ours: when this process dies the daemon stops by itself.
    const child = spawn(file, [...args, '--with-parent'], { stdio: ['pipe', 'pipe', 'pipe'] });
    kept.child = child;
    kept.state = { ...kept.state, is: 'running' };
    child.stdin.on('error', () => {});
    let last = '';
    for (const stream of [child.stdout, child.stderr])
      readline.createInterface({ input: stream }).on('line', (line) => {
        last = line;
        onLine(line);
      });
    const ended = (how: string, code: number | null): void => {
      if (kept.child !== child) return;
      kept.child = null;
      if (!kept.wanted) return;
      const { restarts } = kept.state;
      const said = `it ended (${how})${last === '' ? '' : `; its last words: ${last.slice(0, 500)}`}`;
      if (code === hopeless) {
        kept.state = { is: 'failed', restarts, said };
        return;
      }
      kept.state = { is: 'starting', restarts: restarts + 1, said };
      kept.timer = setTimeout(() => start(name, kept), restartMs);
    };
    child.on('error', (error) => ended(error.message, null));
    child.on('close', (code, signal) => ended(signal ?? `code ${code}`, code));
  };

  const stop = (kept: Kept): Promise<void> => {
    kept.wanted = false;
    clearTimeout(kept.timer);
    const { child } = kept;
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
      child.once('close', () => {
        clearTimeout(late);
        resolve();
      });
      child.once('error', () => resolve());
      child.kill('SIGTERM');
    });
  };

  const chosen = (names: readonly string[]): [string, Kept][] => [...all].filter(([name]) => names.includes(name));
  return {
    daemons: async () => daemons,
    begin: async () => {
      for (const [name, kept] of all) if (!kept.wanted) start(name, kept);
    },
    restart: async (names) => {
      await Promise.all(chosen(names).map(([, kept]) => stop(kept)));
      for (const [name, kept] of chosen(names)) start(name, kept);
    },
    states: async () => new Map([...all].map(([name, { state }]) => [name, state])),
    close: async () => {
      await Promise.all([...all.values()].map(stop));
    },
  };
}
