/** Units `fieldpost@DAEMON.service` by systemctl: systemd starts, watches and starts again; here it is only asked. */
import type { DaemonState, Supervisor } from '../ports/supervisor.ts';
import { systemctl, unitOf } from './systemctl.ts';

/** The agent does not start itself again: it judges what comes after. */
const isOurs = (daemon: string): boolean => daemon !== 'agent';

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
    // A job that is queued does not say how the start went: the states that follow do.
    restart: async (names) => {
      if (names.length === 0) return;
      await systemctl('reset-failed', ...names.map(unitOf)).catch(() => '');
      await systemctl('--no-block', 'restart', ...names.map(unitOf));
    },
    states: async () => {
      const names = await daemons();
      const states = await Promise.all(names.map(async (name) => [name, await stateOf(name)] as const));
      return new Map(states);
    },
  };
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
