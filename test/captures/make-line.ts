/**
 * Makes the captures of a whole box with `fieldpost record` on the simulated instruments: `normal` sees a plume come,
 * `corrupt` has an analyzer with broken frames. Compare `expected.jsonl` with what was simulated before keeping it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { replay } from '../../daemons/tools/captures/replay.ts';
import { type Addresses, laySite } from '../../daemons/tools/simulate/site.ts';
import { startInstrument } from '../../daemons/tools/simulate/supervise.ts';

const root = path.join(import.meta.dirname, '../..');

async function make(name: string, fault: object, seconds: number): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-capture-'));
  // The world began before: the array has settled, and the first plume comes after a few seconds.
  const world = { seed: 1, startMs: Date.now() - 8000 };
  const instruments = [
    await startInstrument('i2c-bus', world),
    await startInstrument('modbus-tcp', { ...world, fault }),
    await startInstrument('modbus-pty', world),
    await startInstrument('winsen', world),
  ];
  const [main, analyzer, pid, module] = instruments.map((one) => one.address);
  const site = await laySite(
    folder,
    path.join(root, 'firmware-configs'),
    { main, analyzer, pid, module } as Addresses,
    'mqtt://127.0.0.1:1883',
  );
  const out = path.join(import.meta.dirname, 'gas-line', name);
  rmSync(out, { recursive: true, force: true });
  const box = ['--config', site.config, '--device', 'post-1', '--state', site.state];
  const recorder = spawn(
    process.execPath,
    [path.join(root, 'daemons/main.ts'), 'record', ...box, '--out', out, '--for', String(seconds)],
    { stdio: ['ignore', 2, 2] },
  );
  await once(recorder, 'exit');
  for (const one of instruments) void one.stop();
  rmSync(folder, { recursive: true });
  const said: string[] = [];
  for await (const { stream, text } of replay(out, path.join(root, 'models'))) if (stream !== 'tele') said.push(text);
  writeFileSync(path.join(out, 'expected.jsonl'), `${said.join('\n')}\n`);
}

await make('normal', {}, 16);
await make('corrupt', { kind: 'checksum', fromS: 11, toS: 13 }, 6);
process.exit(0);
