/** Three ledger workers on one broker and one PostgreSQL: one is killed, one is stopped past its lease and goes on. */
import { mosquitto } from '../support/mosquitto.ts';
import { startPostgres } from '../support/postgres.ts';
import {
  clearSite,
  committedIn,
  fillSite,
  startLedger,
  startUplink,
  type Tally,
  tallyOf,
  untilCommitted,
} from './centre.ts';

export interface WorkersPlan {
  readonly alerts: number;
  readonly boxes: number;
  readonly say?: (text: string) => void;
}

/** The tally, and how many partitions the stopped worker held: before it was stopped, while it was, and after. */
export async function shareAmongWorkers({ alerts, boxes, say = () => {} }: WorkersPlan): Promise<{
  readonly tally: Tally;
  readonly held: { readonly before: number; readonly stopped: number; readonly after: number };
}> {
  const [broker, postgres] = await Promise.all([mosquitto({ lines: ['max_queued_messages 100000'] }), startPostgres()]);
  await broker.start();
  const database = 'centre';
  const records = await postgres.database(database);
  const site = await fillSite(alerts, boxes, () => [broker.url]);
  const ledgers = [0, 1, 2].map(() => startLedger(records, [broker.url]));
  const [killed, stopped] = ledgers;
  const uplinks: ReturnType<typeof startUplink>[] = [];
  const count = (): Promise<number> => committedIn(postgres, database);
  const heldBy = async (worker: (typeof ledgers)[number] | undefined): Promise<number> => {
    const [row] = await postgres.query(
      database,
      `SELECT count(*) AS n FROM lease WHERE owner LIKE '%-${worker?.child.pid}-%' AND expires > clock_timestamp()`,
    );
    return Number(row?.n);
  };
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    while (!(await condition().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 100));
  };
  try {
    await until(async () => (await Promise.all(ledgers.map(heldBy))).every((n) => n >= 21));
    const half = boxes >> 1;
    uplinks.push(...site.devices.slice(0, half).map((device) => startUplink(site, device)));
    await untilCommitted(alerts * 0.2, count);
    await killed?.end('SIGKILL');
    say(`one killed at ${await count()}`);
    await until(async () => (await heldBy(stopped)) === 32);
    const before = await heldBy(stopped);
    stopped?.child.kill('SIGSTOP');
    say(`one stopped at ${await count()}`);
    await until(async () => (await heldBy(ledgers[2])) === 64);
    const during = await heldBy(stopped);
    // Half of the boxes come only here, so that there is work for the one that is left.
    uplinks.push(...site.devices.slice(half).map((device) => startUplink(site, device)));
    await untilCommitted(alerts * 0.8, count);
    stopped?.child.kill('SIGCONT');
    say(`it goes on at ${await count()}`);
    await until(async () => (await heldBy(stopped)) === 32);
    const after = await heldBy(stopped);
    await untilCommitted(alerts, count);
    return { tally: await tallyOf(site, postgres, database), held: { before, stopped: during, after } };
  } catch (error) {
    for (const one of [...ledgers, ...uplinks]) say(one.output().slice(-2000));
    throw error;
  } finally {
    await Promise.all([...ledgers, ...uplinks].map((one) => one.end('SIGKILL')));
    await Promise.all([broker.close(), postgres.close()]);
    clearSite(site);
  }
}
