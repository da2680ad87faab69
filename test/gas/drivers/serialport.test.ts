/** The serial drivers over the real serialport on a pseudo-terminal, each against its simulated instrument. */
import test from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { openSerialLinux } from '../../../daemons/core/adapters/serial.linux.ts';
import type { Sample } from '../../../daemons/core/driver.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
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
