import test from 'ava';
import { writeRequest } from '../../../daemons/core/codecs/modbus-rtu.ts';
import { tcpReadRequest, tcpReadResponse } from '../../../daemons/core/codecs/modbus-tcp.ts';
import type { Driver } from '../../../daemons/core/driver.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { modbusAnalyzer } from '../../../daemons/gas/drivers/modbus-analyzer.ts';
import { decode, senseairS8 } from '../../../daemons/gas/drivers/senseair-s8.ts';
import { lazyDrivers } from '../../../daemons/gas/lazy-driver.ts';
import { modbusMaster } from '../../../daemons/gas/modbus-master.ts';
import { benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import { modbusServer, modbusTcpServer } from '../../../daemons/tools/simulate/devices/modbus.ts';
import { senseairS8 as simulatedS8 } from '../../../daemons/tools/simulate/devices/senseair-s8.ts';
import { timedLine } from '../../support/timed-line.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const kindOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no fault',
    (error: unknown) => (isFault(error) ? error.kind : String(error)),
  );

const analyzer = modbusAnalyzer.config.parse({
  unit: 7,
  framing: 'tcp',
  timeoutMs: 300,
  channels: [{ name: 'co2', register: 3, table: 'input', type: 'u16', unit: 'ppm', range: [0, 5000] }],
});
const asked = { unit: 7, table: 'input', count: 1 } as const;

test('Modbus TCP: the request frame of the implementation guide (V1.0b, section 3.1.3 and its example)', (t) => {
  t.is(hex(tcpReadRequest(0x1501, { unit: 0xff, table: 'holding', start: 4, count: 1 })), '150100000006ff0300040001');
  t.deepEqual(
    tcpReadResponse(bytes('1501 0000 0005 ff 03 02 0005'), 0x1501, { unit: 0xff, table: 'holding', count: 1 }),
    [5],
  );
});

test('Modbus TCP: a late answer is told by its number, a cut one is waited for, and a serial frame is named', (t) => {
  const late = bytes('0004 0000 0005 07 04 02 0001');
  const right = bytes('0005 0000 0005 07 04 02 0002');
  t.deepEqual(tcpReadResponse(Uint8Array.of(...late, ...right), 5, asked), [2]);
  for (let length = 0; length < right.length; length++)
    t.is(tcpReadResponse(right.subarray(0, length), 5, asked), null, `${length}`);
  t.throws(() => tcpReadResponse(bytes('07 04 02 0002 b1 31'), 5, asked), { message: /framing: rtu/ });
});

test('Modbus TCP: an exception and an answer of another unit, function or length are faults by their kind', async (t) => {
  const kind = (answer: string): Promise<string> =>
    kindOf(Promise.resolve().then(() => tcpReadResponse(bytes(answer), 5, asked)));
  t.is(await kind('0005 0000 0003 07 84 02'), 'refused');
  t.is(await kind('0005 0000 0005 08 04 02 0002'), 'protocol');
  t.is(await kind('0005 0000 0005 07 03 02 0002'), 'protocol');
  t.is(await kind('0005 0000 0007 07 04 04 0002 0003'), 'protocol');
});

test('the same register map is read over Modbus TCP, and an answer after its time is not taken for the next', async (t) => {
  const clock = benchClock(0);
  let value = 400;
  const server = modbusTcpServer({ unit: 7, register: (_table, address) => (address === 3 ? value++ : null) });
  let delayMs = 5;
  const line = timedLine(clock, (written) => server(written).map((one) => ({ afterMs: delayMs, bytes: one })));
  const driver = await modbusAnalyzer.open(line, analyzer, clock);
  t.is((await driver.read())[0]?.value, 400);
  delayMs = 350;
  t.is(await kindOf(driver.read()), 'timeout');
  delayMs = 100;
  t.is((await driver.read())[0]?.value, 402);
});

test('Senseair S8: the published frames (TDE2067; sensing.md 2.2): ABC off, 180 h', (t) => {
  t.is(hex(writeRequest(0xfe, 0x1f, 0)), 'fe06001f0000ac03');
  t.is(hex(writeRequest(0xfe, 0x1f, 180)), 'fe06001f00b4ac74');
});

test('Senseair S8: a fault that the sensor reports is no value, beyond its scale is a flag', (t) => {
  const scale = { fullScalePpm: 2000 };
  t.deepEqual(decode([0, 0, 0, 904], scale), { channel: 'co2', value: 904, flags: [] });
  for (const bit of [0, 1, 2, 3, 4, 6])
    t.deepEqual(decode([1 << bit, 0, 0, 904], scale), { channel: 'co2', value: null, flags: ['instrument-fault'] });
  t.deepEqual(decode([1 << 5, 0, 0, 2000], scale), { channel: 'co2', value: 2000, flags: ['out-of-range'] });
  t.deepEqual(decode([0, 0, 0, 2001], scale).flags, ['out-of-range']);
  t.deepEqual(decode([0, 0, 0, 0xfffb], scale), { channel: 'co2', value: -5, flags: ['out-of-range'] });
});

test('Senseair S8: its baseline correction is switched off once, not at each opening, and left alone when asked to', async (t) => {
  const clock = benchClock(0);
  const sensor = simulatedS8({ co2: () => 640, meterStatus: () => 0, baselineHours: 180 });
  const line = timedLine(clock, (written) => sensor.receive(written).map((one) => ({ afterMs: 5, bytes: one })));
  const open = (baseline: 'off' | 'keep') =>
    senseairS8.open(line, senseairS8.config.parse({ baseline, warmUpS: 10 }), clock);
  const kept = await open('keep');
  t.is(sensor.hours(), 180);
  t.deepEqual(await kept.read(), [{ channel: 'co2', value: 640, flags: ['warming-up'] }]);
  await open('off');
  const driver = await open('off');
  t.deepEqual([sensor.hours(), sensor.writes()], [0, 1]);
  await clock.sleep(10_000, 'warm-up');
  t.deepEqual(await driver.read(), [{ channel: 'co2', value: 640, flags: [] }]);
});

test('Senseair S8: one that keeps its baseline correction on is refused', async (t) => {
  const clock = benchClock(0);
  const stubborn = modbusServer({ unit: 254, register: () => 180, store: () => true });
  const line = timedLine(clock, (written) => stubborn(written).map((one) => ({ afterMs: 5, bytes: one })));
  t.is(await kindOf(senseairS8.open(line, senseairS8.config.parse({ warmUpS: 0 }), clock)), 'refused');
});

test('a write that a device refuses is named, over both framings', async (t) => {
  const clock = benchClock(0);
  const closed = { unit: 7, register: () => 0, store: () => false };
  for (const framing of ['rtu', 'tcp'] as const) {
    const device = framing === 'tcp' ? modbusTcpServer(closed) : modbusServer(closed);
    const line = timedLine(clock, (sent) => device(sent).map((one) => ({ afterMs: 5, bytes: one })));
    const master = modbusMaster({ unit: 7, timeoutMs: 300, framing, clock });
    const error = await t.throwsAsync(line.transact((one) => master.write(one, 3, 1)));
    t.regex(error?.message ?? '', /exception 2 \(illegal data address/, framing);
  }
});

test('a line that this process alone can have asked on is heard only for what is left of the time of an answer', async (t) => {
  const settled = async (aloneMs: number | undefined, saidAtMs?: number): Promise<number> => {
    const clock = benchClock(0);
    await clock.sleep(1000, 'start');
    const line = timedLine(clock, () => []);
    if (saidAtMs !== undefined) line.say(saidAtMs, bytes('07'));
    const master = modbusMaster({ unit: 7, timeoutMs: 300, clock });
    await line.transact((one) => master.settle(one, aloneMs === undefined ? undefined : aloneMs * 1e6));
    return clock.now().wallMs - 1000;
  };
  t.is(await settled(undefined), 300, 'it is not known who asked');
  t.is(await settled(800), 100, 'who asked before 0.8 s has its answer by 1.1 s');
  t.is(await settled(0), 35, 'a start that took long');
  t.is(await settled(0, 1020), 20 + 300, 'somebody speaks: silence is waited for in full');
});

test('a sensor is opened with what is known of its line once: after a fault an answer may still be on its way', async (t) => {
  const clock = benchClock(0);
  let answers = 0;
  const device = modbusServer({ unit: 7, register: () => 640 });
  const line = timedLine(clock, (sent) =>
    answers++ === 0 ? [] : device(sent).map((one) => ({ afterMs: 5, bytes: one })),
  );
  const options = { unit: 7, timeoutMs: 300, channels: analyzer.channels };
  const sensors = ['a', 'b'].map((id) => ({ id, part: 'modbus-analyzer', serial: id, port: 'line', options }));
  const buses = { i2c: new Map(), serial: new Map([['line', line]]) };
  await clock.sleep(1000, 'start');
  const [first, second] = lazyDrivers(sensors, buses, { clock, beganNs: 0 }).map(({ driver }) => driver);
  const took = async (driver: Driver | undefined): Promise<number> => {
    const fromMs = clock.now().wallMs;
    await driver?.read().catch(() => {});
    return clock.now().wallMs - fromMs;
  };
  t.is(await took(first), 35 + 300, 'no answer');
  t.is(await took(second), 300 + 5, 'the first may still be answered');
  t.is(await took(first), 300 + 5, 'so may its own');
});
