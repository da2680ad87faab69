/** The serial drivers over the real serialport on a pseudo-terminal, each against its simulated instrument. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { openSerialLinux } from '../../../daemons/core/adapters/serial.linux.ts';
import type { Sample } from '../../../daemons/core/driver.ts';
import { type Fault, isFault } from '../../../daemons/core/ports/fault.ts';
import { driverOf, drivers } from '../../../daemons/gas/drivers.ts';
import { openPty } from '../../../daemons/tools/simulate/pty.ts';
import { serialParts } from '../../captures/serial-parts.ts';
import { needs } from '../../support/needs.ts';

/** Bytes of a line that was running when it was opened may be broken: such looks are taken again. */
async function untilSamples(look: () => Promise<readonly Sample[]>, tries: number): Promise<readonly Sample[]> {
  try {
    return await look();
  } catch (error) {
    if (!isFault(error) || tries === 0) throw error;
    return untilSamples(look, tries - 1);
  }
}

const title = 'the serial drivers over serialport on a PTY';
const run = needs('script', title) ? test.serial : test.skip;
for (const { part, port } of drivers) {
  if (port !== 'serial') continue;
  run(`${part}: reads over serialport what its simulated instrument says on a PTY`, async (t) => {
    const { options, device } = serialParts[part]?.normal ?? { options: {}, device: null };
    const pty = await openPty();
    const model = device?.();
    if (!pty || !model) throw new Error(`no PTY, or no instrument for ${part}`);
    pty.onData((bytes) => {
      for (const one of model.receive(bytes)) pty.write(one);
    });
    const speaks = setInterval(() => {
      const said = model.tick?.();
      if (said) pty.write(said);
    }, 100);
    const line = openSerialLinux({ path: pty.path, baudRate: 9600, parity: 'none', stopBits: 1 });
    t.teardown(async () => {
      clearInterval(speaks);
      await line.close();
      pty.close();
    });
    const bound = driverOf(part, part).bind(part, {
      ...options,
      ...(part === 'winsen' ? { warmUpS: 0 } : {}),
      timeoutMs: 5000,
    });
    const driver = await bound.open(line, systemClock());
    const samples = await untilSamples(driver.read, 3);
    t.deepEqual(
      samples.map(({ channel }) => channel),
      bound.channels.map(({ name }) => name),
    );
    for (const { value, flags } of samples) t.deepEqual([typeof value, flags], ['number', []]);
  });
}

run(
  'a silent line whose device is another one by now is told as unplugged, and the next look opens that',
  async (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-line-'));
    const [first, second] = [await openPty(), await openPty()];
    if (!first || !second) throw new Error('no PTY');
    const name = path.join(folder, 'drone');
    symlinkSync(first.path, name);
    const line = openSerialLinux({ path: name, baudRate: 9600, parity: 'none', stopBits: 1 });
    t.teardown(async () => {
      await line.close();
      first.close();
      second.close();
      rmSync(folder, { recursive: true });
    });
    const look = (ms: number): Promise<string> =>
      line.transact(async ({ read }) => Buffer.from(await read(ms)).toString());
    t.is(((await t.throwsAsync(look(100))) as Fault).kind, 'timeout');
    // The old one is held open and says nothing, as a port that was pulled in the moment of its opening.
    rmSync(name);
    symlinkSync(second.path, name);
    const gone = await t.throwsAsync(look(100));
    t.is((gone as Fault).kind, 'absent');
    t.regex(gone?.message ?? '', /drone was unplugged/);
    const said = look(30_000);
    const speaks = setInterval(() => second.write(Buffer.from('x')), 100);
    t.regex(await said, /^x+$/);
    clearInterval(speaks);
  },
);
