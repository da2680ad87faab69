/** A box with the real gas daemon and everything behind it as processes: uplink, embedded broker, ledger, console. */
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { openSqliteArchive } from '../../daemons/core/adapters/archive.sqlite.ts';
import type { AlertRecord } from '../../daemons/core/ports/records.ts';
import type { BoxEvent } from '../../daemons/core/values/envelope.ts';
import { parseEnvelope } from '../../daemons/core/wire/envelope.ts';
import { type GasBox, type GasBoxOptions, gasBox } from './gas-box.ts';
import { freePorts, type Program, startProgram } from './process.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');

export interface WholeSite {
  /** What it keeps leaves it for the centre: `box.until` and `box.numbers` may miss what `told` finds. */
  readonly box: GasBox;
  /** The central store, for verbs. */
  readonly records: string;
  /** The console's page. */
  readonly url: string;
  /** Resolves when something is found among the alerts as the console's API gives them. Errors: when a process ends before. */
  seen<T>(find: (alerts: readonly AlertRecord[]) => T | undefined): Promise<T>;
  /** Resolves with the first event of a type that the centre holds. Errors: as above. */
  told(type: string): Promise<BoxEvent>;
}

export async function wholeSite(t: ExecutionContext, options: GasBoxOptions = {}): Promise<WholeSite> {
  const [mqtt = 0, http = 0] = await freePorts(2);
  const broker = `mqtt://127.0.0.1:${mqtt}`;
  const profile = (value: Record<string, unknown>): Record<string, unknown> => ({
    ...(options.profile ?? ((same) => same))(value),
    uplink: { brokers: [broker], resendMs: 1000, reconnect: { firstMs: 50, mostMs: 1000 } },
  });
  const box = await gasBox(t, { ...options, profile });
  const [config, records] = [path.join(box.state, '../config'), path.join(box.state, '../ledger.db')];
  const ended: string[] = [];
  const start = (verb: string, ...args: string[]): Program => {
    const program = startProgram(process.execPath, [main, verb, ...args]);
    program.child.once('exit', () => ended.push(`${verb}:\n${program.output()}`));
    t.teardown(() => program.end('SIGKILL'));
    return program;
  };
  start('broker', '--port', String(mqtt));
  start('ledger', '--broker', broker, '--records', records);
  start('uplink', '--config', config, '--device', 'post-1', '--state', box.state);
  start('console', '--records', records, '--port', String(http), '--open');
  const url = `http://127.0.0.1:${http}/`;
  const alerts = async (): Promise<readonly AlertRecord[]> => {
    try {
      const answer = await fetch(`${url}api/state`);
      return ((await answer.json()) as { alerts: AlertRecord[] }).alerts;
    } catch {
      // The console is still starting, or it ended: the caller looks.
      return [];
    }
  };
  const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (ended.length > 0) throw new Error(`ended before it was there: ${ended.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const first = async (type: string): Promise<BoxEvent | undefined> => {
    const archive = openSqliteArchive(records);
    try {
      const bodies = (await archive.events('post-1', type, 100)).map(
        ({ text }) => parseEnvelope(text).body as BoxEvent,
      );
      return bodies.find((one) => one.type === type);
    } finally {
      await archive.close();
    }
  };
  return {
    box,
    records,
    url,
    seen: (find) => until(async () => find(await alerts())),
    told: (type) => until(() => first(type)),
  };
}
