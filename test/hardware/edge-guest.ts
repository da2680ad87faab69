/**
 * Runs as root in the User-Mode-Linux kernel: how long after the kernel's own time of an edge the dock's machine is in
 * another state, and how long after it gpiomon (Debian's gpiod) has told a program that reads it; the same line, in turns.
 * The first argument is that program. Its last line is JSON; the bench of the dock reads it.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openGpioChardev } from '../../daemons/core/adapters/gpio.chardev.ts';
import { step } from '../../daemons/dock/hatch.ts';
import { freshDock } from '../../daemons/dock/state.ts';
import { simulatedChip } from './gpio-sim.ts';

const [stamp = ''] = process.argv.slice(2);
const [rounds, pressesInRound] = [6, 20];
const offset = 2;
const chip = simulatedChip('dock', { label: 'dock-gpio', lines: 4, names: { [offset]: 'emergency-stop' } });
const gpio = openGpioChardev(systemClock());
const closed = step(freshDock, { is: 'seen', seen: { atClosed: true, power: true } })[0];

const press = (times: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(path.join(import.meta.dirname, 'pull-worker.ts'), {
      workerData: { file: chip.pullFile(offset), times },
    });
    worker.once('error', reject).once('exit', () => resolve());
  });

async function ours(): Promise<number[]> {
  const input = await gpio.input({ name: 'emergency-stop' });
  const found: number[] = [];
  const reading = (async () => {
    for await (const { level, at } of input.edges()) {
      const [dock] = step(closed, { is: 'seen', seen: { stopPressed: level } });
      if (dock.mode === 'emergency') found.push(Number(process.hrtime.bigint()) - at.monoNs);
    }
  })();
  await press(pressesInRound);
  await input.close();
  await reading;
  return found;
}

async function gpiomon(): Promise<number[]> {
  const name = chip.file.slice('/dev/'.length);
  const told = spawn('gpiomon', ['-b', '-r', '-F', '%s %n', name, String(offset)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // The pipe itself is the reader's: nothing of this process lies between them.
  const reader = spawn(stamp, { stdio: [told.stdout, 'pipe', 'inherit'] });
  let text = '';
  reader.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  // It holds the line when it listens.
  while (!chip.isHeld(offset)) await new Promise((resolve) => setTimeout(resolve, 20));
  await press(pressesInRound);
  const ended = new Promise((resolve) => reader.once('close', resolve));
  told.kill();
  told.stdout.destroy();
  await ended;
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [seen = 0, seconds = 0, nanoseconds = 0] = line.split(/\s+/).map(Number);
      return seen - (seconds * 1e9 + nanoseconds);
    });
}

const report: { ours: number[]; gpiomon: number[] } = { ours: [], gpiomon: [] };
for (let round = 0; round < rounds; round++)
  for (const name of round % 2 === 0 ? (['ours', 'gpiomon'] as const) : (['gpiomon', 'ours'] as const))
    report[name].push(...(name === 'ours' ? await ours() : await gpiomon()));
await gpio.close();
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0);
