import test from 'ava';
import { winsenCommand } from '../../../daemons/core/codecs/winsen.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { modbusAnalyzer } from '../../../daemons/gas/drivers/modbus-analyzer.ts';
import { winsen } from '../../../daemons/gas/drivers/winsen.ts';
import { lazyDriver } from '../../../daemons/gas/lazy-driver.ts';
import { benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import { modbusServer } from '../../../daemons/tools/simulate/devices/modbus.ts';
import { winsenModule } from '../../../daemons/tools/simulate/devices/winsen.ts';
import { type TimedLine, timedLine } from '../../support/timed-line.ts';

const kindOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no fault',
    (error: unknown) => (isFault(error) ? error.kind : String(error)),
  );
const sensorOn = (
  part: string,
  options: Record<string, unknown>,
  line: TimedLine,
  clock: ReturnType<typeof benchClock>,
) =>
  lazyDriver({ id: 'one', part, port: 'line', options }, { i2c: new Map(), serial: new Map([['line', line]]) }, clock);

const register = (name: string, at: number) => ({
  name,
  register: at,
  table: 'holding',
  type: 'u16',
  unit: 'ppm',
  range: [0, 65535],
});
const two = modbusAnalyzer.config.parse({
  unit: 7,
  timeoutMs: 500,
  channels: [register('low', 0), register('high', 100)],
});
const byAddress = (): ReturnType<typeof modbusServer> =>
  modbusServer({ unit: 7, register: (_table, address) => address + 1 });

test('a Modbus answer that comes after its time is never taken for the next one, however late within a second time', async (t) => {
  for (let lateMs = 10; lateMs < 500; lateMs += 20) {
    const clock = benchClock(0);
    const device = byAddress();
    let delayMs = 5;
    const line = timedLine(clock, (written) => device(written).map((bytes) => ({ afterMs: delayMs, bytes })));
    const driver = sensorOn('modbus-analyzer', two, line, clock);
    await driver.read();
    delayMs = 500 + lateMs;
    t.is(await kindOf(driver.read()), 'timeout', `${lateMs}`);
    delayMs = 5;
    const samples = await driver.read();
    t.deepEqual(
      samples.map(({ channel, value }) => [channel, value]),
      [
        ['low', 1],
        ['high', 101],
      ],
      `${lateMs} ms late`,
    );
  }
});

test('a Modbus line on which something talks without end is named, and does not hold the bus', async (t) => {
  const clock = benchClock(0);
  const line = timedLine(clock, () => []);
  for (let ms = 0; ms < 60_000; ms += 100) line.say(ms, Uint8Array.of(0x55));
  const error = await t.throwsAsync(sensorOn('modbus-analyzer', two, line, clock).read());
  t.regex(error?.message ?? '', /never silent/);
  t.true(clock.now().wallMs <= 4 * 500 + 600, `${clock.now().wallMs} ms`);
});

test('a Modbus analyzer hears its own answer behind that of another unit', async (t) => {
  const clock = benchClock(0);
  const [other, own] = [modbusServer({ unit: 8, register: () => 9 }), byAddress()];
  const line = timedLine(clock, (written) => {
    const asOther = Uint8Array.from(written);
    asOther[0] = 8;
    return [
      ...other(sealed(asOther)).map((bytes) => ({ afterMs: 5, bytes })),
      ...own(written).map((bytes) => ({ afterMs: 30, bytes })),
    ];
  });
  const driver = sensorOn('modbus-analyzer', two, line, clock);
  t.deepEqual(
    (await driver.read()).map(({ value }) => value),
    [1, 101],
  );
});

/** A request with its checksum made anew. */
function sealed(request: Uint8Array): Uint8Array {
  let crc = 0xffff;
  for (const byte of request.subarray(0, 6)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return Uint8Array.of(...request.subarray(0, 6), crc & 255, crc >> 8);
}

const asked = winsen.config.parse({
  mode: 'ask',
  channel: 'ammonia',
  unit: 'ppm',
  scale: 0.1,
  range: [0, 100],
  warmUpS: 30,
  timeoutMs: 1000,
});

test('noise cannot hold a Winsen line longer than its time', async (t) => {
  const clock = benchClock(0);
  const line = timedLine(clock, () => []);
  for (let ms = 0; ms < 60_000; ms += 50) line.say(ms, Uint8Array.of(0xff, 0x01, 0x54));
  const driver = await winsen.open(line, asked, clock);
  t.is(await kindOf(driver.read()), 'checksum');
  t.true(clock.now().wallMs <= 1000, `${clock.now().wallMs} ms`);
});

test('a Winsen module that lost its power says so, gets its mode again, and warms up again', async (t) => {
  const clock = benchClock(0);
  const module = winsenModule(() => 123);
  let dumb = false;
  const line = timedLine(clock, (written) => {
    // 0x78 sets the mode; until then a module that came up again talks by itself and answers nothing.
    if (written[2] === 0x78) dumb = false;
    return dumb ? [] : module.receive(written).map((bytes) => ({ afterMs: 5, bytes }));
  });
  const driver = sensorOn('winsen', asked, line, clock);
  t.deepEqual((await driver.read())[0]?.flags, ['warming-up']);
  await clock.sleep(31_000, 'warm-up');
  t.deepEqual((await driver.read())[0]?.flags, []);

  dumb = true;
  line.say(clock.now().wallMs + 300, winsenCommand(0x02, 0x00, 0x01, 0, 1, 0, 0x64));
  const error = await t.throwsAsync(driver.read());
  t.regex(error?.message ?? '', /lost its mode/);
  const back = (await driver.read())[0];
  t.deepEqual(back?.flags, ['warming-up']);
  t.true(Math.abs((back?.value ?? 0) - 12.3) < 1e-9);
});

test('a broken frame does not make a warm Winsen module cold', async (t) => {
  const clock = benchClock(0);
  const module = winsenModule(() => 123);
  let flip = 0;
  const line = timedLine(clock, (written) =>
    module
      .receive(written)
      .map((bytes) => ({ afterMs: 5, bytes: bytes.map((byte, i) => (i === 4 ? byte ^ flip : byte)) })),
  );
  const driver = sensorOn('winsen', asked, line, clock);
  await driver.read();
  await clock.sleep(31_000, 'warm-up');
  flip = 0x10;
  t.is(await kindOf(driver.read()), 'checksum');
  flip = 0;
  t.deepEqual((await driver.read())[0]?.flags, []);
});

test('an active Winsen module that fell silent gives no old frame as a new value', async (t) => {
  const clock = benchClock(0);
  const line = timedLine(clock, () => []);
  const driver = await winsen.open(line, { ...asked, mode: 'active', timeoutMs: 1500 }, clock);
  const frame = winsenCommand(0x02, 0x00, 0x01, 0, 50, 0, 0x64);
  for (let ms = 500; ms < 5000; ms += 1000) line.say(ms, frame);
  t.is((await driver.read())[0]?.value, 5);
  await clock.sleep(60_000, 'period');
  t.is(await kindOf(driver.read()), 'timeout');
});
