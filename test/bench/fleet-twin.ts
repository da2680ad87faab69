/**
 * A change for a thousand simulated boxes at once, at the centre of one server: Mosquitto with TLS, a certificate a box and the deployed
 * ACL, ledger and console as processes. From when a desired state goes out to when the centre has the report about it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { connectMqtt } from '../../daemons/core/adapters/broker.mqtt.ts';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { tlsWith } from '../../daemons/core/adapters/identity.tls.ts';
import { parseReported } from '../../daemons/core/twin/reported.ts';
import { textOf } from '../../daemons/core/wire/parse.ts';
import { twinTopicOf } from '../../daemons/core/wire/topics.ts';
import { signDesired } from '../../daemons/tools/fleet/twin.ts';
import { charactersOf, noTrouble } from '../../daemons/tools/simulate/fleet/character.ts';
import { startFleet } from '../../daemons/tools/simulate/fleet/fleet.ts';
import { startMosquitto } from '../support/mosquitto-tls.ts';
import { sitePki } from '../support/site-pki.ts';
import { centralEnvironment } from '../support/unit-environment.ts';
import type { Figure } from './figure.ts';
import { inRoom } from './in-room.ts';
import { packagedHere } from './packaged-box.ts';

const [devices, rounds] = [1000, 3];
const reach = { seconds: 5, mebibytes: 300 };
const site = 'bench';
/** On trial for so long: by itself no box is quicker in force. */
const trial = { steadyS: 2, withinS: 20 };
const [startMs, roundMs] = [300_000, 120_000];

interface Sample {
  readonly heardMs: number[];
  readonly doneMs: number[];
}

export const fleetTwin = (): Promise<readonly Figure[]> => inRoom('twins', measured);

async function measured(folder: string, ends: (() => Promise<void>)[]): Promise<readonly Figure[]> {
  const pki = await sitePki(path.join(folder, 'ca'), site);
  const broker = await startMosquitto(pki, await pki.server(path.join(folder, 'broker')));
  ends.push(broker.stop);
  const say = (text: string): void => void process.stderr.write(`fleet: ${text}\n`);
  const { executable } = await packagedHere(path.join(folder, 'package'));
  const fleet = await startFleet(
    {
      ...{ devices, site, seed: 1, shares: noTrouble, badReleases: [], alertsPerDay: 2, keepaliveS: 40 },
      ...{
        startPerS: 50,
        consolePort: 0,
        state: path.join(folder, 'fleet'),
        broker: broker.url,
        authority: pki.folder,
      },
      // Their units set the same.
      centre: [
        '/usr/bin/env',
        ...Object.entries(centralEnvironment('ledger@')).map((one) => one.join('=')),
        executable,
      ],
      json: false,
    },
    say,
  );
  ends.push(fleet.close);
  const names = charactersOf(devices, 1, noTrouble).map(({ name }) => name);
  const waiting = new Map<string, { readonly version: number; readonly sentMs: number; heard: boolean }>();
  const sample: Sample = { heardMs: [], doneMs: [] };
  const reported = new Set<string>();
  // The names of the centre that the deployed ACL knows; the ledger of the fleet has another.
  const client = async (name: string, subscribe: readonly string[]) => {
    const identity = await pki.device(path.join(folder, name), name);
    const one = connectMqtt(
      { urls: [broker.url], clientId: name, subscribe, tls: tlsWith(identityIn(identity)) },
      {
        onConnect: () => {},
        onDisconnect: () => {},
        onMessage: (_, payload) => {
          const { device, desired, inForce, phase } = parseReported(textOf(payload));
          reported.add(device);
          const wait = waiting.get(device);
          if (!wait || wait.version !== desired) return;
          if (!wait.heard) sample.heardMs.push(performance.now() - wait.sentMs);
          wait.heard = true;
          if (inForce !== wait.version || phase !== 'in-force') return;
          sample.doneMs.push(performance.now() - wait.sentMs);
          waiting.delete(device);
        },
      },
    );
    ends.push(() => one.close());
    return one;
  };
  await client('ledger-2', [twinTopicOf(site, 'x', 'reported').replace('/x/', '/+/')]);
  const sender = await client('console', []);
  await until(() => fleet.state().connected === devices && reported.size === devices, startMs, say);

  const pids = { mosquitto: broker.pid, ...(fleet.pids as Record<string, number>) };
  const before = usedBy(pids);
  let most = before;
  const looking = setInterval(() => {
    const now = usedBy(pids);
    if (now.rssMebibytes > most.rssMebibytes) most = now;
  }, 1000);
  ends.push(async () => clearInterval(looking));
  const began = performance.now();
  const wanted = path.join(folder, 'wanted.yaml');
  const key = path.join(folder, 'fleet/centre/keys/operator.key');
  writeFileSync(path.join(folder, 'slower.yaml'), `# ${'x'.repeat(2000)}\nprofile: slower\n`);
  for (let version = 1; version <= rounds; version++) {
    writeFileSync(
      wanted,
      JSON.stringify({ version, by: 'op-17', trial, files: { 'profiles/slower.yaml': 'slower.yaml' } }),
    );
    const texts = names.map((device) => [device, signDesired(wanted, { site, device }, [key])] as const);
    await Promise.all(
      texts.map(async ([device, text]) => {
        waiting.set(device, { version, sentMs: performance.now(), heard: false });
        await sender.publish(twinTopicOf(site, device, 'desired'), text, { retain: true });
      }),
    );
    await until(() => waiting.size === 0, roundMs, say);
  }
  const tookS = (performance.now() - began) / 1000;
  const after = usedBy(pids);
  return figuresOf(sample, { ...most, cpuS: after.cpuS - before.cpuS, tookS });
}

async function until(holds: () => boolean, limitMs: number, say: (text: string) => void): Promise<void> {
  const end = performance.now() + limitMs;
  while (!holds() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  if (!holds()) say('gave up waiting; what is missing counts as never');
}

interface Centre extends Used {
  readonly tookS: number;
}

function figuresOf(
  { heardMs, doneMs }: Sample,
  { cpuS, tookS, pssMebibytes, rssMebibytes }: Centre,
): readonly Figure[] {
  const all = devices * rounds;
  // A report that never came is later than all others.
  const quantileS = (of: readonly number[], q: number): number =>
    (of.toSorted((a, b) => a - b)[Math.min(all - 1, Math.floor(q * all))] ?? Number.POSITIVE_INFINITY) / 1000;
  const [p50, p99] = [quantileS(heardMs, 0.5), quantileS(heardMs, 0.99)];
  const done = [quantileS(doneMs, 0.5), quantileS(doneMs, 0.99)].map((one) => one.toFixed(2));
  const memory = Math.round(rssMebibytes);
  return [
    {
      ...{ id: 'fleet.twin', value: round(p99), unit: 's', baseline: reach.seconds, ratio: round(p99 / reach.seconds) },
      reach: `p99 <= ${reach.seconds} s; RSS of the centre <= ${reach.mebibytes} MB`,
      ok: p99 <= reach.seconds && memory <= reach.mebibytes && heardMs.length === all,
      note:
        `${devices} simulated boxes, ${rounds} changes for all at once, ${heardMs.length} of ${all} reported; from sent to reported p50 ${p50.toFixed(2)} s, p99 ${p99.toFixed(2)} s ` +
        `(a box looks each second); in force after a trial of ${trial.steadyS} s: p50 ${done[0]} s, p99 ${done[1]} s. Centre (Mosquitto with TLS; ledger and console packaged, with what their units set): ` +
        `at most ${memory} MB of RSS together; ${Math.round(pssMebibytes)} MB where pages that they share are counted once (PSS); ${cpuS.toFixed(1)} s of CPU in ${tookS.toFixed(0)} s; the boxes share its 2 cores`,
    },
  ];
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
/** Of the kernel's clock ticks, a second: sysconf(_SC_CLK_TCK) of Linux on every processor we know. */
const ticks = 100;

interface Used {
  readonly cpuS: number;
  readonly pssMebibytes: number;
  readonly rssMebibytes: number;
}

function usedBy(pids: Readonly<Record<string, number>>): Used {
  let [cpuS, pss, rss] = [0, 0, 0];
  for (const pid of Object.values(pids)) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    cpuS += (Number(stat[11]) + Number(stat[12])) / ticks;
    const memory = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const of = (what: string): number => Number(new RegExp(`^${what}:\\s+(\\d+)`, 'm').exec(memory)?.[1] ?? 0) / 1024;
    pss += of('Pss');
    rss += of('Rss');
  }
  return { cpuS, pssMebibytes: pss, rssMebibytes: rss };
}
