import net from 'node:net';
import test from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { connectSerialTcp } from '../../../daemons/core/adapters/serial.tcp.ts';
import { readRequest } from '../../../daemons/core/codecs/modbus-rtu.ts';
import { Fault, type FaultKind, isFault } from '../../../daemons/core/ports/fault.ts';
import type { I2c } from '../../../daemons/core/ports/i2c.ts';
import { ads1115, command, decode as decodeAds } from '../../../daemons/gas/drivers/ads1115.ts';
import { decode as decodeModbus, modbusAnalyzer, runs } from '../../../daemons/gas/drivers/modbus-analyzer.ts';
import { decode as decodeSht, sht4x } from '../../../daemons/gas/drivers/sht4x.ts';
import { decode as decodeWinsen, winsen } from '../../../daemons/gas/drivers/winsen.ts';
import { benchBus, benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import { simulatedAds1115 } from '../../../daemons/tools/simulate/devices/ads1115.ts';
import { floatRegisters, modbusServer } from '../../../daemons/tools/simulate/devices/modbus.ts';
import { simulatedSht4x } from '../../../daemons/tools/simulate/devices/sht4x.ts';
import { winsenModule } from '../../../daemons/tools/simulate/devices/winsen.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const faultKind = async (work: () => Promise<unknown>): Promise<FaultKind | null> => {
  try {
    await work();
  } catch (error) {
    if (isFault(error)) return error.kind;
    throw error;
  }
  return null;
};

test('ADS1115: the config word of a single shot of A0 at 4.096 V, 128 samples a second', (t) => {
  t.is(command('a0', { fullScaleMv: 4096, rate: 128 }), 0xc383);
});

test('ADS1115: codes become millivolts, both ends are saturated', (t) => {
  t.like(decodeAds('a0', bytes('7fff'), 4096), { value: 4095.875, flags: ['saturated'] });
  t.like(decodeAds('a0', bytes('8000'), 4096), { value: -4096, flags: ['saturated'] });
  t.like(decodeAds('a0', bytes('ffff'), 2048), { value: -0.0625, flags: [] });
  t.throws(() => decodeAds('a0', bytes('00'), 2048), { instanceOf: Fault });
});

test('ADS1115: every gain and channel reads what a simulated part of other hands holds, to its resolution', async (t) => {
  const clock = benchClock(0);
  const held = [123.4, 201.7, 0, 240.2];
  for (const fullScaleMv of [6144, 4096, 2048, 1024, 512, 256] as const) {
    const bus = benchBus(new Map([[0x48, simulatedAds1115((channel) => held[channel] ?? 0)]]), clock);
    const driver = await ads1115.open(
      bus,
      { address: 0x48, fullScaleMv, rate: 860, channels: ['a0', 'a1', 'a2', 'a3'] },
      clock,
    );
    const samples = await driver.read();
    samples.forEach(({ value }, i) => {
      t.true(Math.abs((value ?? Number.NaN) - (held[i] ?? 0)) <= fullScaleMv / 32768 / 2 + 1e-9);
    });
  }
});

test('ADS1115: a part that never finishes is a timeout, an absent one a NACK', async (t) => {
  const clock = benchClock(0);
  const stuck: I2c = { write: async () => {}, read: async () => Uint8Array.of(0, 0), close: async () => {} };
  const options = { address: 0x48, fullScaleMv: 4096, rate: 860, channels: ['a0'] } as const;
  const driver = await ads1115.open(stuck, { ...options, channels: ['a0'] }, clock);
  t.is(await faultKind(() => driver.read()), 'timeout');
  const absent = await ads1115.open(benchBus(new Map(), clock), { ...options, channels: ['a0'] }, clock);
  t.is(await faultKind(() => absent.read()), 'nack');
});

test('SHT4x: reads what a simulated part holds, and a flipped bit gives no value', async (t) => {
  const clock = benchClock(0);
  const part = simulatedSht4x(() => ({ temperatureC: -12.5, relativePercent: 87.25 }));
  const driver = await sht4x.open(
    benchBus(new Map([[0x44, part]]), clock),
    { address: 0x44, precision: 'high' },
    clock,
  );
  const [temperature, humidity] = await driver.read();
  t.true(Math.abs((temperature?.value ?? 0) + 12.5) < 0.003);
  t.true(Math.abs((humidity?.value ?? 0) - 87.25) < 0.002);
  t.throws(() => decodeSht(bytes('beef 93 beef 92')), { message: /checksum/ });
  t.is(decodeSht(bytes('beef 92 ffff ac'))[1]?.value, 100);
});

test('Modbus analyzer: every type decodes, and a NaN is a gap that says so', (t) => {
  const map = {
    name: 'x',
    register: 0,
    table: 'input',
    order: 'high-first',
    scale: 1,
    offset: 0,
    unit: 'ppm',
    range: [-1e9, 1e10],
  } as const;
  const one = (type: 'u16' | 'i16' | 'u32' | 'i32' | 'f32', registers: number[], more = {}) =>
    decodeModbus({ ...map, type, range: [-1e9, 1e10], ...more }, registers).value;
  t.is(one('u16', [0xffff]), 65535);
  t.is(one('i16', [0xffff]), -1);
  t.is(one('u32', [0x0001, 0x0000]), 65536);
  t.is(one('i32', [0xffff, 0xfffe]), -2);
  t.is(one('f32', [...floatRegisters(12.5)]), 12.5);
  t.is(one('f32', [...floatRegisters(12.5)].reverse(), { order: 'low-first' }), 12.5);
  t.is(one('u16', [250], { scale: 0.1, offset: -5 }), 20);
  t.like(decodeModbus({ ...map, type: 'f32', range: [0, 1] }, [0x7fc0, 0]), { value: null, flags: ['not-a-number'] });
  t.like(decodeModbus({ ...map, type: 'u16', range: [0, 100] }, [101]), { value: 101, flags: ['out-of-range'] });
});

test('Modbus analyzer: registers that touch are one request', (t) => {
  const at = (register: number, type: 'u16' | 'f32', table: 'input' | 'holding' = 'input') =>
    ({
      name: `r${register}`,
      register,
      table,
      type,
      order: 'high-first',
      scale: 1,
      offset: 0,
      unit: 'x',
      range: [0, 1] as [number, number],
    }) as const;
  t.deepEqual(
    runs(
      [at(2, 'f32'), at(0, 'f32'), at(10, 'u16'), at(4, 'u16', 'holding')].map((one) => ({ ...one, range: [0, 1] })),
    ),
    [
      { table: 'holding', start: 4, count: 1 },
      { table: 'input', start: 0, count: 4 },
      { table: 'input', start: 10, count: 1 },
    ],
  );
});

test('Winsen: the published answers decode with the scale of the model', (t) => {
  const options = {
    mode: 'ask',
    channel: 'co2',
    unit: 'ppm',
    scale: 1,
    range: [0, 5000],
    warmUpS: 0,
    timeoutMs: 100,
  } as const;
  t.like(decodeWinsen(bytes('ff8602200000000058'), { ...options, range: [0, 5000] }, true), { value: 544, flags: [] });
  t.like(decodeWinsen(bytes('ff8602200000000058'), { ...options, range: [0, 500] }, false), {
    value: 544,
    flags: ['out-of-range', 'warming-up'],
  });
});

/** A serial instrument behind TCP for one test. */
async function served(
  answer: (data: Uint8Array, socket: net.Socket) => void,
): Promise<{ port: number; server: net.Server; sockets: Set<net.Socket> }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => answer(data, socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as net.AddressInfo).port, server, sockets };
}
const analyzer = {
  unit: 7,
  timeoutMs: 300,
  channels: [
    {
      name: 'ammonia',
      register: 0,
      table: 'input',
      type: 'f32',
      order: 'high-first',
      scale: 1,
      offset: 0,
      unit: 'ppm',
      range: [-5, 500] as [number, number],
    },
  ],
} as const;
const options = {
  ...analyzer,
  channels: analyzer.channels.map((one) => ({ ...one, range: [-5, 500] as [number, number] })),
};

type Mode = 'good' | 'crc' | 'cut' | 'silent' | 'noise' | 'unit';
const fromUnit8 = modbusServer({ unit: 8, register: () => 1 });

function spoiled(answer: Uint8Array, mode: Mode): Uint8Array[] {
  if (mode === 'silent') return [];
  if (mode === 'cut') return [answer.subarray(0, 5)];
  if (mode === 'noise') return [Uint8Array.from([0, 0x55, 0xaa, ...answer])];
  if (mode === 'unit') return fromUnit8(readRequest(8, 'input', 0, 2));
  return [mode === 'crc' ? Uint8Array.from(answer, (byte, i) => (i === 4 ? byte ^ 0x10 : byte)) : answer];
}

test('Modbus analyzer over TCP: reads, then each fault of the line by its name, then reads again', async (t) => {
  const model = modbusServer({ unit: 7, register: (_table, address) => floatRegisters(42.25)[address] ?? null });
  let mode: Mode = 'good';
  const { port, server, sockets } = await served((data, socket) => {
    for (const answer of model(data)) for (const said of spoiled(answer, mode)) socket.write(said);
  });
  const serial = connectSerialTcp({ host: '127.0.0.1', port });
  const driver = await modbusAnalyzer.open(serial, options, systemClock());
  t.is((await driver.read())[0]?.value, 42.25);
  mode = 'noise';
  t.is((await driver.read())[0]?.value, 42.25);
  for (const [next, kind] of [
    ['crc', 'checksum'],
    ['cut', 'timeout'],
    ['silent', 'timeout'],
    ['unit', 'protocol'],
  ] as const) {
    mode = next;
    t.is(await faultKind(() => driver.read()), kind, next);
  }
  mode = 'good';
  t.is((await driver.read())[0]?.value, 42.25);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  t.is(await faultKind(() => driver.read()), 'absent');
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.is((await driver.read())[0]?.value, 42.25);
  await serial.close();
  server.close();
});

test('Winsen over TCP: asked and by itself', async (t) => {
  const clock = systemClock();
  for (const mode of ['ask', 'active'] as const) {
    const module = winsenModule(() => 123);
    const { port, server } = await served((data, socket) => {
      for (const answer of module.receive(data)) socket.write(answer);
      const said = module.tick();
      if (said) setTimeout(() => socket.write(said), 5);
    });
    const serial = connectSerialTcp({ host: '127.0.0.1', port });
    const driver = await winsen.open(
      serial,
      { mode, channel: 'ammonia', unit: 'ppm', scale: 0.1, range: [0, 100], warmUpS: 0, timeoutMs: 1000 },
      clock,
    );
    t.true(Math.abs(((await driver.read())[0]?.value ?? 0) - 12.3) < 1e-9, mode);
    await serial.close();
    server.close();
  }
});
