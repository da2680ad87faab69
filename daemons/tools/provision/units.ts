import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Fault } from '../../core/ports/fault.ts';

/** What starts the daemons of a box. */
export interface Units {
  /** Now and at every boot; gives what a person reads. Errors: Fault `refused`. */
  start(daemons: readonly string[]): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** systemd, where it runs this machine; null elsewhere. */
export function systemdUnits(): Units | null {
  if (!existsSync('/run/systemd/system')) return null;
  return {
    start: async (daemons) => {
      const units = daemons.map((one) => `fieldpost@${one}`);
      systemctl('enable', '--quiet', ...units);
      // With another name or another configuration than it may run with.
      systemctl('restart', ...units);
      return [`${units.join(', ')}: started, and at every boot`];
    },
    stop: async () => systemctl('disable', '--now', '--quiet', 'fieldpost@*'),
  };
}

function systemctl(...words: string[]): void {
  const { status, stderr, error } = spawnSync('systemctl', words, { encoding: 'utf8', timeout: 240_000 });
  if (status === 0) return;
  throw new Fault('refused', `systemctl ${words.join(' ')}: ${(error?.message ?? stderr).trim()}`);
}
