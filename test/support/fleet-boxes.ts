/**
 * Boxes of a site at a real Mosquitto (TLS, ACL of deploy/), each with the real agent on a disk and its own certificate. The daemons
 * under the agent are stand-ins: how well they are stands in the configuration that is in force.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { type Agent, openAgent } from '../../daemons/agent/agent.ts';
import type { Busy } from '../../daemons/agent/gates.ts';
import { connectMqtt } from '../../daemons/core/adapters/broker.mqtt.ts';
import { openDisk } from '../../daemons/core/adapters/disk.node.ts';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { tlsWith } from '../../daemons/core/adapters/identity.tls.ts';
import { inForceIn } from '../../daemons/core/adapters/in-force.files.ts';
import { trustIn } from '../../daemons/core/adapters/trust.files.ts';
import type { Broker } from '../../daemons/core/ports/broker.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { textOf } from '../../daemons/core/wire/parse.ts';
import { topicOf, twinTopicOf } from '../../daemons/core/wire/topics.ts';
import { initSite } from '../../daemons/tools/fleet/site-keys.ts';
import { trustRoot } from '../../daemons/tools/fleet/trust.ts';
import { startMosquitto } from './mosquitto-tls.ts';
import { type SitePki, sitePki } from './site-pki.ts';

export const site = 'north';
export const profileFile = 'profiles/gas-vapour.yaml';

export interface FleetBox {
  readonly name: string;
  /** The profile that is in force. */
  profile(): string;
  /** What its daemons are at; a gate may be shut by it. */
  busy: Omit<Busy, 'wallMs'>;
  stop(): Promise<void>;
}

export interface FleetSite {
  readonly folder: string;
  /** What `release init` made. */
  readonly centre: string;
  readonly consoles: string;
  readonly pki: SitePki;
  readonly url: string;
  readonly boxes: readonly FleetBox[];
}

export async function fleetSite(t: ExecutionContext, names: readonly string[]): Promise<FleetSite> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-fleet-'));
  const centre = path.join(folder, 'centre');
  const pki = await sitePki(path.join(folder, 'ca'), site);
  const broker = await startMosquitto(pki, await pki.server(path.join(folder, 'broker')));
  const consoles = await pki.device(path.join(folder, 'console'), 'console');
  await initSite(centre, site, 100);
  const boxes: FleetBox[] = [];
  t.teardown(async () => {
    for (const box of boxes) await box.stop();
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const name of names) boxes.push(await startBox(name, { folder, centre, pki, url: broker.url }));
  return { folder, centre, consoles, pki, url: broker.url, boxes };
}

async function startBox(
  name: string,
  { folder, centre, pki, url }: Pick<FleetSite, 'folder' | 'centre' | 'pki' | 'url'>,
): Promise<FleetBox> {
  const own = path.join(folder, name);
  const laid = path.join(own, 'config');
  mkdirSync(path.join(laid, 'profiles'), { recursive: true });
  writeFileSync(path.join(laid, profileFile), 'laid: true\n');
  const agentFolder = path.join(own, 'agent');
  await trustRoot(path.join(centre, 'public/1.root.json'), agentFolder);
  await pki.device(path.join(own, 'identity'), name);
  const profile = (): string => readFileSync(path.join(inForceIn(agentFolder, laid).config, profileFile), 'utf8');
  const agent = await openAgent({
    ...{ site, device: name, disk: openDisk(), folder: agentFolder, packaged: '0.1.0', mostStarts: 3 },
    supervisor: {
      daemons: async () => ['gas', 'uplink'],
      begin: async () => {},
      restart: async () => {},
      states: async () => new Map(),
    },
    laid: async () => ({ [profileFile]: readFileSync(path.join(laid, profileFile), 'utf8') }),
    check: async () => [],
    provide: async () => {},
    follow: () => null,
    modelPlaces: async () => ({ folder: agentFolder, laid: { folder: laid, names: [] }, ofRelease: [] }),
    countsStarts: false,
    trust: trustIn(path.join(agentFolder, 'trust.json')),
    tell: () => {},
  });
  const box = { name, profile, busy: {} as Omit<Busy, 'wallMs'>, stop: async () => {} };
  box.stop = connect(box, agent, url, path.join(own, 'identity'));
  return box;
}

/** The uplink's part of the twin, and a look of the agent several times a second. */
function connect(box: FleetBox, agent: Agent, url: string, identity: string): () => Promise<void> {
  const { name } = box;
  let desired: string | null = null;
  let broker: Broker | null = null;
  let said = '';
  let ended = false;
  const status = (word: string): string => JSON.stringify({ v: 1, status: word, boot: 'b' });
  const open = (): Broker =>
    connectMqtt(
      {
        ...{ urls: [url], clientId: name, subscribe: [twinTopicOf(site, name, 'desired')] },
        will: () => ({ topic: topicOf(site, name, 'status'), payload: status('offline') }),
        tls: tlsWith(identityIn(identity)),
      },
      {
        onMessage: (_, payload) => {
          desired = textOf(payload);
        },
        onConnect: () => {
          said = '';
        },
        onDisconnect: () => {},
      },
    );
  const say = async (text: string): Promise<void> => {
    if (!broker?.connected) return;
    try {
      if (said === '') await broker.publish(topicOf(site, name, 'status'), status('online'), { retain: true });
      if (text !== said) await broker.publish(twinTopicOf(site, name, 'reported'), text, { retain: true });
      said = text;
    } catch (error) {
      if (!isFault(error)) throw error;
    }
  };
  const look = async (): Promise<void> => {
    const profile = box.profile();
    const cut = profile.includes('cut');
    if (cut && broker) await broker.close();
    if (cut) broker = null;
    else broker ??= open();
    const dead = profile.includes('crash');
    const gas = { is: dead ? 'failed' : 'running', restarts: 0, said: dead ? 'it ended with code 1' : '' } as const;
    await agent.look({
      ...{ nowMs: performance.now(), wallMs: Date.now(), sure: true, desired, busy: box.busy },
      facts: {
        daemons: new Map([['gas', gas]]),
        connected: broker?.connected ?? false,
        readings: new Map([['gas', profile.includes('mute') ? 0 : 9]]),
      },
    });
    await say(JSON.stringify(await agent.reported()));
  };
  const running = (async () => {
    while (!ended) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  })();
  return async () => {
    ended = true;
    await running;
    await broker?.close();
  };
}
