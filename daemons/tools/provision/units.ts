import { existsSync } from 'node:fs';
import { systemctl, unitOf } from '../../core/adapters/systemctl.ts';

/** What starts the daemons of a box. */
export interface Units {
  /** Now and at every boot; gives what a person reads. Errors: Fault `refused`. */
  start(daemons: readonly string[]): Promise<readonly string[]>;
  /** Now and for good. Errors: as `start`. */
  stop(daemons: readonly string[]): Promise<void>;
}

/** systemd, where it runs this machine; null elsewhere. */
export function systemdUnits(): Units | null {
  if (!existsSync('/run/systemd/system')) return null;
  return {
    start: async (daemons) => {
      const units = daemons.map(unitOf);
      await systemctl('enable', '--quiet', ...units);
      // What runs may run under another name, or another configuration.
      await systemctl('restart', ...units);
      return [`${units.join(', ')}: started, and at every boot`];
    },
    stop: async (daemons) => void (await systemctl('disable', '--now', '--quiet', ...daemons.map(unitOf))),
  };
}
