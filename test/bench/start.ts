/**
 * From the start of the gas daemon to its first reading, seen from outside: an analyzer has answered it. The packaged executable beside
 * the same bundle run by npm's Node without a code cache, in turns.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { printed } from '../../daemons/tools/evaluate/figures.ts';
import { floatRegisters, modbusServer } from '../../daemons/tools/simulate/devices/modbus.ts';
import { unitEnvironment } from '../support/unit-environment.ts';
import { abTurns, type Figure, median } from './figure.ts';
import { layBench } from './gas-cpu.board.ts';
import { packagedHere } from './packaged-box.ts';

const analyzers = 4;
const rounds = 15;
/**
 * Of the analyzers, ms. Before its first question a master waits so long since it was started, for what a predecessor's may still be answered;
 * with the usual 500 that is all one sees.
 */
const timeoutMs = 100;
const reach = 0.75;

interface Watched {
  readonly port: number;
  /** Resolves with the moment of the next answer. */
  next(): Promise<number>;
  close(): void;
}

async function watchedAnalyzer(): Promise<Watched> {
  let onAnswer: (atMs: number) => void = () => {};
  const server = net.createServer((socket) => {
    socket.setNoDelay(true);
    const take = modbusServer({
      unit: 1,
      register: (_table, address) => floatRegisters(900 + Math.random())[address & 1] ?? null,
    });
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      for (const one of take(bytes)) {
        socket.write(one);
        onAnswer(performance.now());
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    next: () => new Promise((resolve) => (onAnswer = resolve)),
    close: () => server.close(),
  };
}

export async function start(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-start-'));
  const watched = await Promise.all(Array.from({ length: analyzers }, watchedAnalyzer));
  const env = { ...process.env, ...unitEnvironment('gas') };
  try {
    const { staged, executable, node, bundle } = await packagedHere(path.join(folder, 'package'));
    const boxes = [false, true].map((withModel) =>
      layBench(
        path.join(folder, String(withModel)),
        watched.map(({ port }) => port),
        {
          ...{ withModel, everyMs: 1000, models: path.join(staged, 'models'), timeoutMs },
        },
      ),
    );
    let n = 0;
    /** A box that starts for the first time, to its first reading, in ms; and what it used of a processor by then. */
    const once = async (program: readonly string[], config: string): Promise<number> => {
      const state = path.join(folder, `state-${n++}`);
      mkdirSync(path.join(state, 'spool'), { recursive: true });
      const answered = Promise.race(watched.map((one) => one.next()));
      const [file = '', ...before] = program;
      const fromMs = performance.now();
      const child = spawn(file, [...before, 'gas', '--config', config, '--device', 'bench', '--state', state], {
        ...{ env, stdio: 'ignore' },
      });
      const ended = new Promise<never>((_, reject) =>
        child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it read anything`))),
      );
      try {
        return (await Promise.race([answered, ended])) - fromMs;
      } finally {
        ended.catch(() => {});
        const gone = new Promise((resolve) => child.once('close', resolve));
        child.kill('SIGKILL');
        await gone;
        rmSync(state, { recursive: true, force: true });
      }
    };
    const bare = async (): Promise<number> => {
      const fromMs = performance.now();
      const child = spawn(node, ['-e', '0'], { env, stdio: 'ignore' });
      await new Promise((resolve) => child.once('close', resolve));
      return performance.now() - fromMs;
    };
    const figures: Figure[] = [];
    for (const [i, config] of boxes.entries()) {
      const turn = await abTurns(
        () => once([executable], config),
        () => once([node, ...bundle], config),
        rounds,
      );
      const ratio = turn.a / turn.b;
      const note = `median of ${rounds} starts of each in turns, from the exec to the first answer that an analyzer gave (simulated, Modbus over TCP, answers within ${timeoutMs} ms), ${i === 0 ? 'no model' : 'with the shipped model, whose golden vectors come first'}; a fresh state folder each time, files in the page cache; x64; beside: the bundle of the package under npm's Node, without a code cache`;
      figures.push(
        i === 0
          ? {
              ...{ id: 'start.gas', value: turn.a, unit: 'ms', baseline: turn.b, ratio },
              ...{ reach: `<= ${reach}`, ok: ratio <= reach, note },
            }
          : { ...printed('start.gas.model', turn.a, 'ms', note), baseline: turn.b, ratio },
      );
    }
    const bareMs: number[] = [];
    for (let i = 0; i < rounds; i++) bareMs.push(await bare());
    figures.push(printed('start.node', median(bareMs), 'ms', "npm's Node to the end of an empty program, for scale"));
    return figures;
  } finally {
    for (const one of watched) one.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
