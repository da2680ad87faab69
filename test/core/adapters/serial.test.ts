import { createRequire } from 'node:module';
import test from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { openI2cLinux } from '../../../daemons/core/adapters/i2c.linux.ts';
import { openSerialLinux } from '../../../daemons/core/adapters/serial.linux.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { modbusAnalyzer } from '../../../daemons/gas/drivers/modbus-analyzer.ts';
import { floatRegisters, modbusServer } from '../../../daemons/tools/simulate/devices/modbus.ts';
import { openPty } from '../../../daemons/tools/simulate/pty.ts';
import { needs } from '../../support/needs.ts';

const require = createRequire(import.meta.url);
const kindOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (isFault(error) ? error.kind : String(error)),
  );

test('the native addons load on the Node that runs us', (t) => {
  t.is(typeof require('i2c-bus').openPromisified, 'function');
  t.is(typeof require('epoll').Epoll, 'function');
});

test('a bus that does not exist is an absent bus at its first use, not at the start', async (t) => {
  const bus = openI2cLinux({ bus: 250 });
  t.is(await kindOf(bus.read(0x48, 2)), 'absent');
});

test('a serial device that does not exist is absent at its first use, not at the start', async (t) => {
  const line = openSerialLinux({ path: '/dev/fieldpost-none', baudRate: 9600, parity: 'none', stopBits: 1 });
  t.is(await kindOf(line.transact(async () => 1)), 'absent');
});

if (needs('script', 'serialport on a PTY')) {
  test('every byte value crosses a PTY both ways through serialport', async (t) => {
    const pty = await openPty();
    if (!pty) return t.fail('script(1) gave no PTY');
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const heard: number[] = [];
    pty.onData((data) => {
      heard.push(...data);
      if (heard.length === 256) pty.write(all);
    });
    const serial = openSerialLinux({ path: pty.path, baudRate: 115_200, parity: 'none', stopBits: 1 });
    const back = await serial.transact(async (line) => {
      await line.write(all);
      const got: number[] = [];
      while (got.length < 256) got.push(...(await line.read(5000)));
      return got;
    });
    t.deepEqual(heard, [...all]);
    t.deepEqual(back, [...all]);
    await serial.close();
    pty.close();
  });

  test('Modbus RTU over a PTY reads, says absent when the line is pulled, and nothing hangs', async (t) => {
    const pty = await openPty();
    if (!pty) return t.fail('script(1) gave no PTY');
    const model = modbusServer({ unit: 3, register: (_table, address) => floatRegisters(1.5)[address] ?? null });
    pty.onData((data) => {
      for (const answer of model(data)) pty.write(answer);
    });
    const serial = openSerialLinux({ path: pty.path, baudRate: 9600, parity: 'none', stopBits: 1 });
    const driver = await modbusAnalyzer.open(
      serial,
      {
        unit: 3,
        timeoutMs: 1000,
        channels: [
          {
            name: 'x',
            register: 0,
            table: 'input',
            type: 'f32',
            order: 'high-first',
            scale: 1,
            offset: 0,
            unit: 'ppm',
            range: [0, 10],
          },
        ],
      },
      systemClock(),
    );
    t.is((await driver.read())[0]?.value, 1.5);
    pty.close();
    t.true(['absent', 'timeout'].includes(await kindOf(driver.read())));
    t.is(await kindOf(driver.read()), 'absent');
    await serial.close();
  });
}
