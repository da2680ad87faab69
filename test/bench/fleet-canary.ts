/**
 * Bad releases against a fleet whose canary is a real box: agent, gas and uplink are processes at a real Mosquitto, releases are
 * packages that come over HTTPS. Every one must end at the canary: reverted there, and told to no other box. The instruments are
 * simulated; a good release goes first, so that what stops everything is no success.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import type { Running } from '../../daemons/core/daemon/running.ts';
import type { Rollout } from '../../daemons/core/rollout/plan.ts';
import { driveRollouts } from '../../daemons/tools/fleet/drive.ts';
import { addRelease, signRelease } from '../../daemons/tools/fleet/releases.ts';
import { orderRollout, readRollouts, startRollout } from '../../daemons/tools/fleet/rollout.ts';
import { type AgentBox, agentBox, device } from '../support/agent-box.ts';
import { fakeRelease } from '../support/fake-release.ts';
import type { Figure } from './figure.ts';

/** Never there: it is counted whether anything is told to it. */
const other = 'post-2';

const withConfig = (daemon: string, edit: string): string =>
  `if [ "$1" = ${daemon} ]; then c=$(mktemp -d); cp -rL "$3"/. "$c"; ${edit}; shift 3; set -- ${daemon} --config "$c" "$@"; fi`;

interface Bad {
  readonly what: string;
  readonly script: string;
  readonly trial: { readonly steadyS: number; readonly withinS: number };
}

const bads: readonly Bad[] = [
  {
    what: 'crash at start',
    script: '[ "$1" = gas ] && { echo broken >&2; exit 1; }',
    trial: { steadyS: 10, withinS: 90 },
  },
  {
    what: 'crash after 30 s',
    script: '[ "$1" = gas ] && exec timeout -s KILL 30 "$node" "$main" "$@"',
    trial: { steadyS: 45, withinS: 130 },
  },
  {
    what: 'no readings',
    script: withConfig(
      'gas',
      `sed -i -E 's#tcp: .*#tcp: 127.0.0.1:1#; s#path: /dev/pts/.*#path: /dev/none#' "$c"/boards/*.yaml`,
    ),
    trial: { steadyS: 10, withinS: 60 },
  },
  {
    what: 'cut off from the broker',
    script: withConfig('uplink', `sed -i -E 's#mqtts://.*#mqtts://localhost:1#' "$c"/profiles/*.yaml`),
    trial: { steadyS: 10, withinS: 60 },
  },
];

export async function fleetCanary(): Promise<Figure> {
  const ends: (() => unknown)[] = [];
  try {
    const box = await agentBox({ teardown: (end) => void ends.push(end) });
    await box.until(({ phase, inForce }) => phase === 'in-force' && inForce === 0);
    const good = await roll(box, { name: 'good', version: '1.0.0', trial: { steadyS: 5, withinS: 120 } });
    const passed = good.boxes[device]?.phase === 'steady';
    const said: string[] = [];
    let stopped = 0;
    for (const [i, bad] of bads.entries()) {
      const name = `bad-${i + 1}`;
      const rollout = await roll(box, { name, version: `1.0.${i + 1}`, script: bad.script, trial: bad.trial });
      const last = await box.until(({ phase }) => phase === 'reverted');
      const isStopped = rollout.mode === 'stopped' && rollout.boxes[other]?.phase === 'queued';
      if (isStopped && last.executable === '1.0.0') stopped += 1;
      said.push(`${bad.what}: ${rollout.reason}`);
      orderRollout(box.centre, name, 'back', 'op-17', 'it was bad');
      await drive(box, name);
    }
    return {
      ...{
        id: 'fleet.canary',
        value: passed ? stopped : 0,
        unit: `of ${bads.length} bad releases`,
        baseline: bads.length,
      },
      ...{ ratio: stopped / bads.length, reach: '4 of 4', ok: passed && stopped === bads.length },
      note: `stopped at the canary, reverted there by itself, told to no other box (real processes, simulated instruments; a good release ${passed ? 'passed' : 'DID NOT PASS'} first): ${said.join('; ')}`,
    };
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

interface Roll {
  readonly name: string;
  readonly version: string;
  readonly script?: string;
  readonly trial: Bad['trial'];
}

/** Publishes a release, rolls it out, and gives what the rollout came to. */
async function roll(box: AgentBox, { name, version, script = '', trial }: Roll): Promise<Rollout> {
  await addRelease(box.centre, fakeRelease(box.folder, { version, script }));
  await signRelease(box.centre, { list: 10, timestamp: 10 });
  const dir = path.join(box.folder, 'git');
  mkdirSync(dir, { recursive: true });
  const boxes = { [device]: {}, ...(name === 'good' ? {} : { [other]: {} }) };
  writeFileSync(
    path.join(dir, 'fleet.yaml'),
    stringify({ site: box.site, all: { executable: version, trial }, boxes }),
  );
  await startRollout(dir, {
    ...{ ...box.place, folder: box.centre, name, by: 'op-17', why: 'a bench', key: [], models: '', label: [] },
    ...{ canary: [device], percent: [], perMinute: 60, atOnce: 10, steady: 3, silent: trial.withinS + 120 },
    ...{ stopAt: 1, back: false },
  });
  return drive(box, name);
}

async function drive(box: AgentBox, name: string): Promise<Rollout> {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const ctx = {
    clock: systemClock(),
    log,
    signal: new AbortController().signal,
    progress: () => {},
  } as unknown as Running;
  await driveRollouts({ ...box.place, folder: box.centre, untilDone: true }, ctx);
  const [rollout] = readRollouts(box.centre, name);
  if (!rollout) throw new Error(`${name}: there is no such rollout`);
  return rollout;
}
