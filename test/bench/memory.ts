/**
 * What the packaged daemons of a box take when nothing happens but their work. Of a box only what runs on it maps its executable, so
 * that what its processes share is counted as shared, and nothing else is: one box after another, and the broker and the ledger of
 * the centre are of another copy.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { printed } from '../../daemons/tools/evaluate/figures.ts';
import { alarmPanelLines } from '../support/alarm-panel.ts';
import { freePorts, type Program } from '../support/process.ts';
import { hover, layCameraPost } from './camera-post.ts';
import type { Figure } from './figure.ts';
import { type Laid, layBench } from './gas-cpu.board.ts';
import { type AtRest, atRest, layDock, layNoSystemd } from './memory-box.ts';
import { packageSize } from './package-size.ts';
import { packagedHere, readAnew, startAnalyzers, startDaemon } from './packaged-box.ts';

const analyzers = 4;
const reach = { bare: 28, inferring: 75, box: 220 } as const;

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
  const instruments = await startAnalyzers(analyzers);
  const panel = await alarmPanelLines();
  const centre: Program[] = [];
  let untell = async (): Promise<void> => {};
  try {
    const { staged, executable, node } = await packagedHere(path.join(folder, 'package'));
    const elsewhere = path.join(folder, 'fieldpost');
    copyFileSync(executable, elsewhere);
    for (const one of [executable, elsewhere]) readAnew(one);
    const models = path.join(staged, 'models');
    const [mqtt = 0, drone = 0, nobody = 0] = await freePorts(3);
    const broker = `mqtt://127.0.0.1:${mqtt}`;
    centre.push(startDaemon([elsewhere], 'broker', ['broker', '--port', String(mqtt)]));

    const paths = `PATH=${layNoSystemd(path.join(folder, 'bin'))}:${process.env.PATH}`;
    const box = (name: string, how: Pick<Laid, 'withModel' | 'panel'>): Readonly<Record<string, () => Program>> => {
      const own = path.join(folder, name);
      mkdirSync(path.join(own, 'state/spool'), { recursive: true });
      const config = layBench(own, instruments.ports, { ...how, everyMs: 1000, models, broker });
      const args = ['--config', config, '--device', 'bench', '--state', path.join(own, 'state')];
      const verb = (daemon: string, ...words: readonly string[]): Program =>
        startDaemon(['/usr/bin/env', paths, executable], daemon, [daemon, ...words]);
      return {
        gas: () => verb('gas', ...args),
        uplink: () => verb('uplink', ...args),
        dock: () => verb('dock', ...layDock(path.join(own, 'dock'), drone, nobody)),
        agent: () => verb('agent', 'run', ...args, '--folder', path.join(own, 'agent')),
      };
    };
    // Two, so that they share what the daemons share.
    const bare = (): Program => startDaemon([node], 'gas', ['-e', 'setInterval(() => {}, 1000)']);
    const lean = await atRest({ ...box('lean', { withModel: false }), node: bare, another: bare });
    const whole = await atRest(box('whole', { withModel: true }));

    const camera = await layCameraPost(path.join(folder, 'camera'), { rate: 0.01, models });
    untell = await hover(camera.feed);
    const pictures = `PATH=${path.join(camera.folder, 'bin')}:${process.env.PATH}`;
    const others = await atRest({
      ...box('warning', { withModel: false, panel: panel.tcp }),
      camera: () => startDaemon(['/usr/bin/env', pictures, executable], 'camera', camera.args),
      ledger: () =>
        startDaemon([elsewhere], 'ledger', [
          ...['ledger', '--broker', broker, '--records', path.join(folder, 'ledger.db')],
        ]),
    });
    return figures({ lean, whole, others });
  } finally {
    for (const one of centre) await one.end('SIGKILL');
    instruments.stop();
    panel.close();
    await untell();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function figures({ lean, whole, others }: Readonly<Record<'lean' | 'whole' | 'others', AtRest>>): readonly Figure[] {
  const bare = lean.middle('node', 'private');
  const box = ['gas', 'uplink', 'dock', 'agent'].reduce((sum, name) => sum + whole.middle(name, 'pss'), 0);
  return [
    figure(
      'memory.gas',
      lean.middle('gas', 'private'),
      bare,
      reach.bare,
      `private, no model, beside uplink, dock and agent: ${lean.words('gas')}; ${lean.words('node')}; ${lean.how}`,
    ),
    figure(
      'memory.gas.litert',
      whole.middle('gas', 'private'),
      bare,
      reach.inferring,
      `private, LiteRT and the shipped model: ${whole.words('gas')}; 16 channels at 1 Hz`,
    ),
    figure(
      'memory.box',
      box,
      null,
      reach.box,
      `PSS of gas with its model, uplink, dock and agent together: ${['gas', 'uplink', 'dock', 'agent'].map(whole.words).join('; ')}`,
    ),
    printed(
      'memory.gas.alarm',
      others.middle('gas', 'private'),
      'MB',
      `private, no model, with a crew alarm (simulated lines), which takes its spool into a thread, because its disk may hang: ${others.words('gas')}`,
    ),
    printed(
      'memory.others',
      null,
      'MB',
      `camera that waits and ledger: ${['camera', 'ledger'].map(others.words).join('; ')}`,
    ),
    printed(
      'cpu.idle',
      null,
      '% of a core',
      `box with a model: ${whole.cpu}; with a crew alarm: ${others.cpu}; gas: 16 channels at 1 Hz over Modbus (simulated); a dock whose lines are lost`,
    ),
  ];
}

const figure = (id: string, value: number, baseline: number | null, most: number, note: string): Figure => ({
  ...{ id, value, unit: 'MB', baseline, ratio: baseline === null ? null : value / baseline },
  ...{ reach: `<= ${most} MB`, ok: value <= most, note },
});
