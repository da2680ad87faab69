/**
 * What a network does to a site, one fault at a time: a real Mosquitto, a bad line (a proxy) between the uplink and it and
 * another between it and the ledger. After each fault everything that was acknowledged must be at the centre, once.
 */
import { type Mosquitto, mosquitto } from '../support/mosquitto.ts';
import { type BadLine, openProxy } from '../support/proxy.ts';
import { openSite, type Site, type Verdict } from './site.ts';

export interface BadNetwork {
  readonly site: Site;
  readonly broker: Mosquitto;
  /** Between the uplink and the broker. */
  readonly boxLine: BadLine;
  /** Between the broker and the ledger. */
  readonly centreLine: BadLine;
  close(): Promise<void>;
}

export async function openBadNetwork(seed: number): Promise<BadNetwork> {
  // A short queue, so that a subscriber that stalls makes the broker drop what it had confirmed.
  const broker = await mosquitto({ lines: ['max_queued_messages 50', 'max_inflight_messages 20'] });
  await broker.start();
  const [boxLine, centreLine] = await Promise.all([openProxy(broker.port), openProxy(broker.port)]);
  const site = await openSite({ uplinkTo: boxLine.url, ledgerTo: centreLine.url, seed });
  return {
    site,
    broker,
    boxLine,
    centreLine,
    close: async () => {
      await site.close();
      await Promise.all([boxLine.close(), centreLine.close()]);
      await broker.close();
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves when the centre has `more` envelopes than now. */
async function committedMore({ site }: BadNetwork, more: number): Promise<void> {
  const goal = site.committed() + more;
  while (site.committed() < goal) await pause(20);
}

/** Each takes a site that works and leaves one whose network is whole again. `holdMs` is how long a fault lasts. */
export const faults: Readonly<Record<string, (net: BadNetwork, holdMs: number) => Promise<void>>> = {
  'a line that delays every byte by 2 s': async ({ boxLine }, holdMs) => {
    boxLine.set({ delayMs: 2000 });
    await pause(holdMs + 4000);
    boxLine.set({});
  },
  'a line of 20 kB/s': async ({ boxLine }, holdMs) => {
    boxLine.set({ bytesPerS: 20_000 });
    await pause(holdMs);
    boxLine.set({});
  },
  'connections cut in the middle of a packet, from either side': async (net) => {
    for (const direction of ['up', 'down', 'up'] as const) {
      await net.boxLine.cutInPacket(direction);
      await net.centreLine.cutInPacket(direction);
      await committedMore(net, 5);
    }
  },
  'half-open connections: the line takes everything and gives nothing on': async ({ boxLine, centreLine }, holdMs) => {
    boxLine.set({ swallow: ['up', 'down'] });
    await pause(holdMs);
    // Those that come after it find a line that accepts, and hear nothing.
    boxLine.cut();
    await pause(holdMs);
    centreLine.set({ swallow: ['down'] });
    await pause(holdMs);
    boxLine.set({});
    centreLine.set({});
    boxLine.cut();
    centreLine.cut();
  },
  'a subscriber that stalls while the broker drops what it had confirmed': async (net, holdMs) => {
    net.site.part('ledger').stop();
    await pause(holdMs + 3000);
    net.site.part('ledger').go();
  },
  'the broker killed and started again': async (net) => {
    for (let i = 0; i < 2; i++) {
      await net.broker.kill();
      await pause(300);
      await net.broker.start();
      await committedMore(net, 5);
    }
  },
  'the centre killed between its commit and its receipt': async (net) => {
    // It hears and commits, but nothing that it says comes through: no receipt left it.
    net.centreLine.set({ swallow: ['up'] });
    await committedMore(net, 1);
    await net.site.part('ledger').killAndHold();
    net.centreLine.set({});
    net.centreLine.cut();
    net.site.part('ledger').start();
  },
};

/** One fault on a working site, then the verdict. */
export async function weather(net: BadNetwork, name: string, holdMs: number): Promise<Verdict> {
  const fault = faults[name];
  if (!fault) throw new Error(`no fault "${name}"`);
  await committedMore(net, 5);
  await fault(net, holdMs);
  return net.site.delivered(90_000);
}
