/**
 * Runs as root in the User-Mode-Linux kernel: simulated parts behind the kernel's real I2C and serial drivers, read by our
 * adapters and drivers. Its last line is JSON; kernel-bench.test.ts asserts on it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openI2cLinux } from '../../daemons/core/adapters/i2c.linux.ts';
import { openSerialLinux } from '../../daemons/core/adapters/serial.linux.ts';
import type { Driver } from '../../daemons/core/driver.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { ads1115 } from '../../daemons/gas/drivers/ads1115.ts';
import { modbusAnalyzer } from '../../daemons/gas/drivers/modbus-analyzer.ts';
import { sht4x } from '../../daemons/gas/drivers/sht4x.ts';
import { simulatedAds1115 } from '../../daemons/tools/simulate/devices/ads1115.ts';
import { floatRegisters, modbusServer } from '../../daemons/tools/simulate/devices/modbus.ts';
import { simulatedSht4x } from '../../daemons/tools/simulate/devices/sht4x.ts';
import { cdcAcm, tinyUsb } from './usb-models.ts';
import { plug } from './usbip.ts';

const clock = systemClock();
const held = [812.5, 1234.375];
const adapter = tinyUsb(
  new Map([
    [0x48, simulatedAds1115((channel) => held[channel] ?? 0)],
    [0x44, simulatedSht4x(() => ({ temperatureC: 23.4, relativePercent: 41.5 }))],
  ]),
);
const port = cdcAcm(modbusServer({ unit: 7, register: (_table, address) => floatRegisters(17.25)[address] ?? null }));

/** Waits until the kernel has done something; the test that started this kernel ends it when it never does. */
async function until<T>(find: () => T | null): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== null) return found;
    await sleep(20);
  }
}
const busNumber = (): number | null => {
  const root = '/sys/class/i2c-adapter';
  if (!existsSync(root)) return null;
  for (const name of readdirSync(root)) {
    const number = Number(name.slice('i2c-'.length));
    if (readFileSync(`${root}/${name}/name`, 'utf8').includes('tiny-usb') && existsSync(`/dev/i2c-${number}`))
      return number;
  }
  return null;
};
const values = async (driver: Driver): Promise<(number | null)[]> => (await driver.read()).map(({ value }) => value);
const kindOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no fault',
    (error: unknown) => (isFault(error) ? error.kind : String(error)),
  );

async function i2c(): Promise<object> {
  let plugged = await plug(adapter, 0);
  const number = await until(busNumber);
  const bus = openI2cLinux({ bus: number });
  const adc = await ads1115.open(bus, { address: 0x48, fullScaleMv: 2048, rate: 128, channels: ['a0', 'a1'] }, clock);
  const climate = await sht4x.open(bus, { address: 0x44, precision: 'high' }, clock);
  const read = { adc: await values(adc), climate: await values(climate) };
  const nack = await kindOf(bus.read(0x10, 1));
  plugged.unplug();
  const unplugged = await untilFault(() => kindOf(adc.read()), 'absent');
  await until(() => (existsSync(`/dev/i2c-${number}`) ? null : true));
  const still = await kindOf(adc.read());
  plugged = await plug(adapter, 0);
  const again = await until(busNumber);
  const replugged = again === number ? await values(adc) : `came back as bus ${again}, was ${number}`;
  await bus.close();
  plugged.unplug();
  return { ...read, nack, unplugged, still, replugged };
}

/** Looks again until a fault is the expected one: the kernel needs a moment to see an unplugged device. */
async function untilFault(look: () => Promise<string>, kind: string): Promise<string> {
  for (;;) {
    const found = await look();
    if (found === kind) return found;
    await sleep(20);
  }
}

async function serial(): Promise<object> {
  let plugged = await plug(port, 1);
  const path = '/dev/ttyACM0';
  await until(() => existsSync(path) || null);
  const line = openSerialLinux({ path, baudRate: 19_200, parity: 'none', stopBits: 1 });
  const { config } = modbusAnalyzer;
  const nh3 = { name: 'ammonia', register: 0, table: 'input', type: 'f32', unit: 'ppm', range: [-5, 500] };
  const analyzer = (unit: number): Promise<Driver> =>
    modbusAnalyzer.open(line, config.parse({ unit, timeoutMs: 500, channels: [nh3] }), clock);
  const driver = await analyzer(7);
  const read = await values(driver);
  const otherUnit = await kindOf((await analyzer(9)).read());
  plugged.unplug();
  const unplugged = await untilFault(() => kindOf(driver.read()), 'absent');
  await until(() => (existsSync(path) ? null : true));
  plugged = await plug(port, 1);
  await until(() => existsSync(path) || null);
  const replugged = await values(driver);
  await line.close();
  plugged.unplug();
  return { read, otherUnit, unplugged, replugged };
}

process.stdout.write(`${JSON.stringify({ i2c: await i2c(), serial: await serial() })}\n`);
process.exit(0);
