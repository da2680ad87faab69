/**
 * Units `fieldpost@DAEMON.service`: systemd starts, watches and starts again. Anybody may ask it how they are; that they start again
 * is root's, so it is asked for by a file (deploy/systemd/fieldpost-restart.path), whose removal says that it was done.
 */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../ports/fault.ts';
import type { DaemonState, Supervisor } from '../ports/supervisor.ts';
import { systemctl, unitOf } from './systemctl.ts';

/** The agent does not start itself again: it judges what comes after. */
const isOurs = (daemon: string): boolean => daemon !== 'agent';

const asked = '/run/fieldpost-agent/restart';
/** Root's half only queues jobs; a box that just booted may be slow to begin it. */
const [patienceMs, lookMs] = [45_000, 100];

export function systemdSupervisor(): Supervisor {
  const daemons = async (): Promise<readonly string[]> => {
    const listed = await systemctl('list-units', '--all', '--plain', '--no-legend', 'fieldpost@*.service');
    return listed
      .split('\n')
      .flatMap((line) => /^fieldpost@([a-z]+)\.service\s/.exec(line)?.[1] ?? [])
      .filter(isOurs);
  };
  return {
    daemons,
    begin: async () => {},
    // Jobs that are queued do not say how the start went: the states that follow do.
    restart: askRestart,
    states: async () => {
      const names = await daemons();
      const states = await Promise.all(names.map(async (name) => [name, await stateOf(name)] as const));
      return new Map(states);
    },
  };
}

async function askRestart(names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const endMs = performance.now() + patienceMs;
  await writeFile(asked, '').catch((error: unknown) => {
    throw new Fault('refused', `${asked}: cannot be made (${(error as NodeJS.ErrnoException).code})`, error);
  });
  while (existsSync(asked)) {
    if (performance.now() > endMs) {
      await rm(asked, { force: true });
      throw new Fault(
        'timeout',
        `nobody starts the daemons again: systemctl status fieldpost-restart.path fieldpost-restart.service says why`,
      );
    }
    await sleep(lookMs);
  }
}

async function stateOf(daemon: string): Promise<DaemonState> {
  const properties = 'ActiveState,SubState,NRestarts,Result,ExecMainStatus';
  return readState(await systemctl('show', `--property=${properties}`, unitOf(daemon)));
}

/** What `systemctl show` prints, a property a line. */
export function readState(text: string): DaemonState {
  const said = new Map(text.split('\n').map((line) => line.split(/=(.*)/s, 2) as [string, string]));
  const active = said.get('ActiveState');
  const restarts = Number(said.get('NRestarts') ?? 0);
  const how = `${said.get('Result')}, exit status ${said.get('ExecMainStatus')}; journalctl -u says more`;
  if (active === 'active') return { is: 'running', restarts, said: '' };
  return { is: active === 'failed' || active === 'inactive' ? 'failed' : 'starting', restarts, said: how };
}
