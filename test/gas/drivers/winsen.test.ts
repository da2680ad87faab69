import test from 'ava';
import { winsenCommand } from '../../../daemons/core/codecs/winsen.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { winsen } from '../../../daemons/gas/drivers/winsen.ts';
import { benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import { timedLine } from '../../support/timed-line.ts';

const active = {
  mode: 'active',
  channel: 'nh3',
  unit: 'ppm',
  scale: 0.1,
  range: [0, 100],
  warmUpS: 0,
  timeoutMs: 1500,
};
/** A reading in an active frame: kind, then full scale or unit bytes, value at bytes 4 and 5. */
const frame = (kind: number, value: number): Uint8Array => winsenCommand(kind, 0, 1, value >> 8, value & 255, 0, 0x64);

test('in active mode an answer to a question, or to a change of mode, is never taken for a value', async (t) => {
  const clock = benchClock(0);
  const line = timedLine(clock, () => []);
  const driver = await winsen.open(line, winsen.config.parse(active), clock);
  line.say(10, winsenCommand(0x86, 0x02, 0x20, 0x01, 0x90));
  line.say(20, winsenCommand(0x78, 0x01));
  line.say(900, frame(2, 123));
  t.is((await driver.read())[0]?.value, 12.3);
});

test('in active mode a module of another kind than the board file says is a fault, not a value', async (t) => {
  const clock = benchClock(0);
  const line = timedLine(clock, () => []);
  const driver = await winsen.open(line, winsen.config.parse({ ...active, kind: 4 }), clock);
  line.say(900, frame(2, 123));
  const error = await t.throwsAsync(driver.read(), { message: /not of the kind/ });
  t.true(isFault(error) && error.kind === 'protocol');
  line.say(clock.now().wallMs + 900, frame(4, 55));
  t.is((await driver.read())[0]?.value, 5.5);
});

test('one model is read by the scale and the byte position that its manual gives (ZE03 x1, ZE07-CO x0.1)', async (t) => {
  const clock = benchClock(0);
  for (const [scale, highByte, expected] of [
    [1, 4, 300],
    [0.1, 4, 30],
    [0.1, 2, 0.1],
  ] as const) {
    const line = timedLine(clock, () => []);
    const driver = await winsen.open(
      line,
      winsen.config.parse({ ...active, range: [0, 1000], scale, highByte }),
      clock,
    );
    line.say(clock.now().wallMs + 900, winsenCommand(2, 0, 1, 300 >> 8, 300 & 255, 0, 0x64));
    const [sample] = await driver.read();
    t.true(Math.abs((sample?.value ?? 0) - expected) < 1e-9, `${scale} at ${highByte}: ${sample?.value}`);
  }
});
