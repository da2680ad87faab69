/** Three NATS nodes, several ledger workers and PostgreSQL: nodes are killed and come back while alerts flow. */
import { startNats } from '../support/nats.ts';
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

export interface ClusterPlan {
  readonly alerts: number;
  readonly boxes?: number;
  readonly workers?: number;
  readonly say?: (text: string) => void;
  /** Nothing moved for so long: the rig gives up. */
  readonly lidMs?: number;
}

/** A node is away for so long at the most. */
const outageMs = 20_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Node 1 is killed with SIGKILL when a fifth was committed, started again and waited for until the cluster is whole; then node 2
 * the same way. Gives what is in the store when everything came, or throws when nothing moves any more.
 */
export async function deliverThroughCluster(plan: ClusterPlan): Promise<Tally> {
  const { alerts, boxes = 4, workers = 3, lidMs = 120_000, say = () => {} } = plan;
  const [nats, postgres] = await Promise.all([startNats(3), startPostgres()]);
  const urls = nats.nodes.map(({ url }) => url);
  const turned = (n: number): string[] => urls.map((_, i) => urls[(i + n) % urls.length] ?? '');
  const database = 'centre';
  const records = await postgres.database(database);
  const site = await fillSite(alerts, boxes, turned);
  const ledgers = Array.from({ length: workers }, (_, n) => startLedger(records, turned(n)));
  const uplinks = site.devices.map((device) => startUplink(site, device));
  try {
    const count = (): Promise<number> => committedIn(postgres, database);
    for (const [i, share] of [0.2, 0.5].entries()) {
      await untilCommitted(alerts * share, count, lidMs);
      const node = nats.nodes[i];
      if (!node) break;
      await node.kill();
      say(`${node.name} killed at ${await count()}`);
      // Alerts may flow meanwhile, or wait for an election: what counts is the end.
      await Promise.race([untilCommitted(alerts * (share + 0.1), count, lidMs), pause(outageMs)]);
      await node.start();
      say(`${node.name} started again at ${await count()}`);
      while (!(await nats.whole())) await pause(200);
      say(`the cluster is whole again at ${await count()}`);
    }
    await untilCommitted(alerts, count, lidMs);
    return await tallyOf(site, postgres, database);
  } catch (error) {
    for (const one of [...ledgers, ...uplinks, ...nats.nodes]) say(one.output().slice(-3000));
    throw error;
  } finally {
    await Promise.all([...ledgers, ...uplinks].map((one) => one.end('SIGKILL')));
    await Promise.all([nats.close(), postgres.close()]);
    clearSite(site);
  }
}
