/** Every driver, whole, on ports that spoil, cut and lose what passes: it must end each look with samples or a Fault, in time. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import type { Driver } from '../../../daemons/core/driver.ts';
import { Fault, isFault } from '../../../daemons/core/ports/fault.ts';
import type { I2c } from '../../../daemons/core/ports/i2c.ts';
import type { Serial } from '../../../daemons/core/ports/serial.ts';
import { driverOf, drivers } from '../../../daemons/gas/drivers.ts';
import { benchBus, benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import { i2cParts } from '../../captures/i2c-parts.ts';
import { serialParts } from '../../captures/serial-parts.ts';
import { timedLine } from '../../support/timed-line.ts';

type Clock = ReturnType<typeof benchClock>;
/** What happens to the next thing that passes: nothing, a spoiled byte, a missing end, or no answer at all. */
type Mishap = 'none' | 'spoil' | 'cut' | 'lose';
const mishaps = fc.infiniteStream(
  fc.oneof({ weight: 6, arbitrary: fc.constant<Mishap>('none') }, fc.constantFrom<Mishap>('spoil', 'cut', 'lose')),
);

function happened(bytes: Uint8Array, what: Mishap): Uint8Array | null {
  if (what === 'lose') return null;
  if (what === 'cut') return bytes.subarray(0, bytes.length >> 1);
  return what === 'spoil' ? bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 0xa5 : byte)) : bytes;
}

function brokenBus(part: string, clock: Clock, next: () => Mishap): I2c {
  const bus = benchBus(i2cParts[part]?.normal?.parts() ?? new Map(), clock);
  const nack = (): never => {
    throw new Fault('nack', 'lost');
  };
  return {
    ...bus,
    write: async (address, bytes) => (next() === 'lose' ? nack() : bus.write(address, bytes)),
    // A bus gives as many bytes as were asked for: what is cut comes as ones.
    read: async (address, length) => {
      const left = happened(await bus.read(address, length), next()) ?? nack();
      return Uint8Array.from({ length }, (_, i) => left[i] ?? 0xff);
    },
  };
}

function brokenLine(part: string, clock: Clock, next: () => Mishap): Serial {
  const device = serialParts[part]?.normal?.device?.();
  const left = (bytes: Uint8Array): Uint8Array[] => {
    const said = happened(bytes, next());
    return said && said.length > 0 ? [said] : [];
  };
  const line = timedLine(clock, (written) =>
    (device?.receive(written) ?? []).flatMap(left).map((bytes) => ({ afterMs: 5, bytes })),
  );
  for (let ms = 500; ms < 60_000; ms += 1000)
    for (const bytes of [device?.tick?.()].flatMap((one) => (one ? left(one) : []))) line.say(ms, bytes);
  return line;
}

test('a driver of a line, which has a level and no bytes, has a suite of its own', (t) => {
  for (const { part } of drivers.filter(({ port }) => port === 'gpio'))
    t.true(existsSync(path.join(import.meta.dirname, `${part}.test.ts`)), part);
});

for (const { part, port } of drivers.filter((one) => one.port !== 'gpio')) {
  test(`${part}: on a broken port each look ends, in time, with samples of its channels or a Fault`, async (t) => {
    const options = (port === 'i2c' ? i2cParts : serialParts)[part]?.normal?.options ?? {};
    await fc.assert(
      fc.asyncProperty(mishaps, async (stream) => {
        const clock = benchClock(0);
        const next = (): Mishap => stream.next().value ?? 'none';
        const bound = driverOf(part, part).bind(part, options);
        const names = bound.channels.map(({ name }) => name);
        let driver: Driver | null = null;
        for (let look = 0; look < 4; look++) {
          const startedMs = clock.now().wallMs;
          try {
            driver ??= await bound.open(
              port === 'i2c' ? brokenBus(part, clock, next) : brokenLine(part, clock, next),
              clock,
            );
            const samples = await driver.read();
            t.deepEqual(
              samples.map(({ channel }) => channel),
              names,
            );
          } catch (error) {
            if (!isFault(error)) throw error;
            driver = null;
          }
          t.true(clock.now().wallMs - startedMs < 30_000);
        }
      }),
      { numRuns: 40 },
    );
  });
}
