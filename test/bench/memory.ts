/**
 * What the packaged daemons of a box take when nothing happens but their work: all run at once from one executable, as on a box, so
 * that what processes share is counted as shared.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { printed } from '../../daemons/tools/evaluate/figures.ts';
import { lostDock } from '../support/lost-dock.ts';
import { freePorts, type Program } from '../support/process.ts';
import { hover, layCameraPost } from './camera-post.ts';
import { type Figure, median } from './figure.ts';
import { layBench } from './gas-cpu.board.ts';
import { packageSize } from './package-size.ts';
import { packagedHere, said, startAnalyzers, startDaemon, type Taken, takenBy, usedBy } from './packaged-box.ts';

const analyzers = 4;
/** Until what is done once is done, and its garbage collected. */
const warmMs = 90_000;
const looks = 9;
const lookEveryMs = 10_000;
const reach = { bare: 28, inferring: 75, box: 220 } as const;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const memory = async (): Promise<readonly Figure[]> => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-size-'));
  try {
    return [...(await whileRunning()), await packageSize(folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

async function whileRunning(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-memory-'));
  const running: Program[] = [];
  const start = (program: readonly string[], daemon: string, args: readonly string[]): Program => {
    const one = startDaemon(program, daemon, args);
    running.push(one);
    return one;
  };
  const instruments = await startAnalyzers(2 * analyzers);
  let untell = async (): Promise<void> => {};
  try {
    const { staged, executable, node } = await packagedHere(path.join(folder, 'package'));
    const models = path.join(staged, 'models');
    const [mqtt = 0, drone = 0, nobody = 0] = await freePorts(3);
    const broker = `mqtt://127.0.0.1:${mqtt}`;
    const verb = (daemon: string, ...args: readonly string[]): Program =>
      start([executable], daemon, [daemon, ...args]);
    const boxOf = (name: string, withModel: boolean): readonly string[] => {
      const own = path.join(folder, name);
      mkdirSync(path.join(own, 'state/spool'), { recursive: true });
      const ports = instruments.ports.slice(withModel ? analyzers : 0).slice(0, analyzers);
      const config = layBench(own, ports, { withModel, everyMs: 1000, models, broker });
      return ['--config', config, '--device', 'bench', '--state', path.join(own, 'state')];
    };
    const [lean, whole] = [boxOf('lean', false), boxOf('whole', true)];
    const camera = await layCameraPost(path.join(folder, 'camera'), { rate: 0.01, models });
    untell = await hover(camera.feed);

    verb('broker', '--port', String(mqtt));
    const daemons = {
      'gas without a model': verb('gas', ...lean),
      gas: verb('gas', ...whole),
      uplink: verb('uplink', ...whole),
      dock: verb('dock', ...layDock(path.join(folder, 'dock'), drone, nobody)),
      agent: start(
        ['/usr/bin/env', `PATH=${layNoSystemd(path.join(folder, 'bin'))}:${process.env.PATH}`, executable],
        'agent',
        ['agent', 'run', ...whole, '--folder', path.join(folder, 'agent')],
      ),
      'camera, waiting': start(
        ['/usr/bin/env', `PATH=${path.join(camera.folder, 'bin')}:${process.env.PATH}`, executable],
        'camera',
        camera.args,
      ),
      ledger: verb('ledger', '--broker', broker, '--records', path.join(folder, 'ledger.db')),
    };
    // Two, so that they share what the daemons share.
    const idle = ['gas', 'gas'].map((unit) => start([node], unit, ['-e', 'setInterval(() => {}, 1000)']));
    await said(daemons['gas without a model'], 'measuring');
    await said(daemons.gas, 'measuring');
    await said(daemons.uplink, 'connected to the broker');
    await said(daemons['camera, waiting'], 'watching');
    await said(daemons.agent, 'watching');
    await sleep(warmMs);

    const each = { ...daemons, node: idle[0] as Program };
    const used = new Map(Object.entries(each).map(([name, { child }]) => [name, usedBy(child.pid)]));
    const fromMs = performance.now();
    const taken = new Map<string, Taken[]>(Object.keys(each).map((name) => [name, []]));
    for (let look = 0; look < looks; look++) {
      await sleep(lookEveryMs);
      for (const [name, { child }] of Object.entries(each)) taken.get(name)?.push(takenBy(child.pid));
    }
    const wallMs = performance.now() - fromMs;
    const middle = (name: keyof typeof each, what: keyof Taken): number =>
      median((taken.get(name) ?? []).map((one) => one[what]));
    const cpu = Object.entries(each).map(
      ([name, { child }]) => `${name} ${((100 * (usedBy(child.pid) - (used.get(name) ?? 0))) / wallMs).toFixed(2)} %`,
    );
    const words = (name: keyof typeof each): string =>
      `${name} ${middle(name, 'private').toFixed(1)} private, ${middle(name, 'dirty').toFixed(1)} of it written, ${middle(name, 'pss').toFixed(1)} PSS`;
    const how = `MB of 10^6 bytes; median of ${looks} looks in ${Math.round(wallMs / 1000)} s after ${warmMs / 1000} s; packaged x64, flags of the units`;
    const [without, inferring] = [middle('gas without a model', 'private'), middle('gas', 'private')];
    const bare = middle('node', 'private');
    const box = (['gas', 'uplink', 'dock', 'agent'] as const).reduce((sum, name) => sum + middle(name, 'pss'), 0);
    return [
      figure(
        'memory.gas',
        without,
        bare,
        reach.bare,
        `private, no model: ${words('gas without a model')}; ${words('node')}; ${how}`,
      ),
      figure(
        'memory.gas.litert',
        inferring,
        bare,
        reach.inferring,
        `private, LiteRT and the shipped model: ${words('gas')}; 16 channels at 1 Hz`,
      ),
      figure(
        'memory.box',
        box,
        null,
        reach.box,
        `PSS of gas with its model, uplink, dock and agent together; ${words('uplink')}; ${words('dock')}; ${words('agent')}`,
      ),
      printed('memory.others', null, 'MB', `${words('camera, waiting')}; ${words('ledger')}`),
      printed(
        'cpu.idle',
        null,
        '% of a core',
        `${cpu.join(', ')}; over ${Math.round(wallMs / 1000)} s; gas: 16 channels at 1 Hz over Modbus (simulated); a dock whose lines are lost`,
      ),
    ];
  } finally {
    for (const one of running.toReversed()) await one.end('SIGKILL');
    instruments.stop();
    await untell();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const figure = (id: string, value: number, baseline: number | null, most: number, note: string): Figure => ({
  ...{ id, value, unit: 'MB', baseline, ratio: baseline === null ? null : value / baseline },
  ...{ reach: `<= ${most} MB`, ok: value <= most, note },
});

/** A folder with a systemctl that knows no units: the agent asks it what runs. */
function layNoSystemd(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'systemctl'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  return folder;
}

/** A dock whose lines this machine does not have: it senses nothing and looks for them again and again. */
function layDock(folder: string, drone: number, nobody: number): readonly string[] {
  const put = (name: string, value: object): void => {
    const file = path.join(folder, 'config', `${name}.yaml`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, stringify(value));
  };
  put('devices/dock-1', { device: 'dock-1', site: 'bench', board: 'dock', profile: 'dock' });
  put('boards/dock', {
    ...{ board: 'dock', simulated: true, sensors: [], dock: lostDock('supply') },
    ports: { i2c: { supply: { tcp: `127.0.0.1:${nobody}` } }, udp: { drone: { listen: `127.0.0.1:${drone}` } } },
  });
  put('profiles/dock', {
    profile: 'dock',
    dock: {
      motor: { travelMs: 20_000, maxA: 6, inrushMs: 400, restA: 0.5, minV: 22 },
      weather: { maxWindMs: 10 },
      ready: { batteryPercent: 80, uHorizontalM: 5, calibrationAgeH: 24, freeMB: 1 },
    },
  });
  mkdirSync(path.join(folder, 'state/spool'), { recursive: true });
  const at = (name: string): string => path.join(folder, name);
  return ['--config', at('config'), '--device', 'dock-1', '--state', at('state'), '--feed', at('feed.sock')];
}
