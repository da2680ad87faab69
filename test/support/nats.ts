/** A JetStream cluster with its MQTT gateway: real nats-server processes on loopback, R3, in a temporary folder. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findProgram } from './needs.ts';
import { answers, freePorts, type Program, startProgram } from './process.ts';

export interface NatsNode {
  readonly name: string;
  /** MQTT address. */
  readonly url: string;
  /** Starts it again with what it stored. Resolves when its MQTT port answers. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Whether it says of itself that JetStream is up, its streams caught up with the leader. */
  healthy(): Promise<boolean>;
  output(): string;
}

export interface Nats {
  readonly nodes: readonly NatsNode[];
  /**
   * Whether every node is up and every stream has all its replicas current, as its leader sees it: what an operator waits
   * for before the next node may go. A node's own word on its health comes earlier.
   */
  whole(): Promise<boolean>;
  close(): Promise<void>;
}

const configOf = (
  name: string,
  folder: string,
  ports: readonly [number, number, number, number],
  routes: readonly number[],
): string => {
  const [client, mqtt, cluster, monitor] = ports;
  const replicas = routes.length;
  return `
server_name: ${name}
listen: 127.0.0.1:${client}
http: 127.0.0.1:${monitor}
jetstream { store_dir: "${path.join(folder, name)}", max_memory_store: 64MB, max_file_store: 2GB }
mqtt { listen: 127.0.0.1:${mqtt}, stream_replicas: ${replicas}, consumer_replicas: ${replicas}, max_ack_pending: 5000, ack_wait: "10s" }
cluster { name: fieldpost, listen: 127.0.0.1:${cluster}, routes: [${routes.map((port) => `nats://127.0.0.1:${port}`).join(', ')}] }
`;
};

/** Starts `count` nodes and resolves when each is healthy. */
export async function startNats(count = 3): Promise<Nats> {
  const file = findProgram('nats-server');
  if (!file) throw new Error('no nats-server');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fp-nats-'));
  const ports = await freePorts(4 * count);
  const portsOf = (i: number) => ports.slice(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
  const routes = Array.from({ length: count }, (_, i) => portsOf(i)[2]);
  const nodes = routes.map((_, i): NatsNode => {
    const name = `n${i + 1}`;
    const config = path.join(folder, `${name}.conf`);
    writeFileSync(config, configOf(name, folder, portsOf(i), routes));
    const [, mqtt, , monitor] = portsOf(i);
    let program: Program | null = null;
    return {
      name,
      url: `mqtt://127.0.0.1:${mqtt}`,
      start: async () => {
        program = startProgram(file, ['-c', config]);
        while (!(await answers(mqtt))) {
          if (program.child.exitCode !== null) throw new Error(`nats-server ${name}: ${program.output()}`);
          await pause();
        }
      },
      kill: async () => {
        await program?.end('SIGKILL');
        program = null;
      },
      healthy: async () => {
        try {
          return (await fetch(`http://127.0.0.1:${monitor}/healthz`)).ok;
        } catch {
          // Not there yet, or not any more: that is the answer.
          return false;
        }
      },
      output: () => program?.output() ?? '',
    };
  });
  const whole = async (): Promise<boolean> => {
    try {
      const views = await Promise.all(nodes.map((_, i) => viewOf(portsOf(i)[3])));
      const groups = views.flatMap((view) => [...(view.meta ? [view.meta] : []), ...view.streams]);
      const led = groups.filter(({ leader, seenBy }) => leader === seenBy);
      // Meta, sessions, messages and retained messages.
      return led.length >= 4 && led.every(({ replicas }) => replicas.length === count - 1 && replicas.every(isCurrent));
    } catch {
      // One of them does not answer: not whole.
      return false;
    }
  };
  // The port of MQTT opens only when the cluster has a leader: they wait for each other.
  await Promise.all(nodes.map((node) => node.start()));
  for (const node of nodes) while (!(await node.healthy())) await pause();
  return {
    nodes,
    whole,
    close: async () => {
      await Promise.all(nodes.map((node) => node.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Group {
  readonly seenBy: string;
  readonly leader?: string;
  readonly replicas: readonly { readonly current?: boolean; readonly offline?: boolean; readonly lag?: number }[];
}
const isCurrent = ({ current, offline, lag = 0 }: Group['replicas'][number]): boolean =>
  current === true && offline !== true && lag === 0;

/** What a node says of the groups it is in: https://docs.nats.io, monitoring, /jsz. */
async function viewOf(monitor: number): Promise<{ readonly meta: Group | null; readonly streams: readonly Group[] }> {
  interface Cluster {
    leader?: string;
    replicas?: Group['replicas'];
  }
  interface Jsz {
    meta_cluster?: Cluster;
    account_details?: { stream_detail?: { cluster?: Cluster }[] }[];
  }
  const [jsz, varz] = await Promise.all(
    ['jsz?streams=true', 'varz'].map(async (page) => (await fetch(`http://127.0.0.1:${monitor}/${page}`)).json()),
  );
  const seenBy = (varz as { server_name: string }).server_name;
  const groupOf = ({ leader, replicas = [] }: Cluster): Group => ({ seenBy, ...(leader ? { leader } : {}), replicas });
  const { meta_cluster: meta, account_details: accounts = [] } = jsz as Jsz;
  return {
    meta: meta ? groupOf(meta) : null,
    streams: accounts
      .flatMap(({ stream_detail: streams = [] }) => streams)
      .map(({ cluster }) => groupOf(cluster ?? {})),
  };
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));
