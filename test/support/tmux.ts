/** A terminal that nobody sees: tmux with a server of its own, so that a test drives a program by keys and reads its screen. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';

export interface Screen {
  /** What stands on the screen, without colours. */
  text(): string;
  /** Names as tmux has them: Enter, Down, or letters. */
  press(...keys: string[]): void;
  /** Resolves with the screen once it shows this. Errors: when it takes longer than a minute. */
  shows(what: RegExp): Promise<string>;
  resize(columns: number, rows: number): void;
  kill(): void;
}

export function openTmux(t: ExecutionContext, command: readonly string[], columns = 80, rows = 24): Screen {
  const socket = path.join(os.tmpdir(), `fieldpost-tmux-${process.pid}-${Math.random().toString(36).slice(2)}`);
  const tmux = (...args: string[]): string =>
    spawnSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', TMUX: '' },
    }).stdout;
  const quoted = command.map((one) => `'${one.replaceAll("'", "'\\''")}'`).join(' ');
  tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), `${quoted}; echo "code $?"; sleep 600`);
  const kill = (): void => {
    tmux('kill-server');
    rmSync(socket, { force: true });
  };
  t.teardown(kill);
  const text = (): string => tmux('capture-pane', '-p');
  return {
    text,
    press: (...keys) => void tmux('send-keys', ...keys),
    resize: (wide, high) => void tmux('resize-window', '-x', String(wide), '-y', String(high)),
    kill,
    shows: async (what) => {
      const endMs = performance.now() + 60_000;
      for (;;) {
        const now = text();
        if (what.test(now)) return now;
        if (performance.now() > endMs) throw new Error(`the screen never showed ${what}:\n${now}`);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    },
  };
}
