/** A part that is asked who it is: right part, another part, no part; and it measures afterwards as before. */
import test from 'ava';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { drivers } from '../../../daemons/gas/drivers.ts';
import { benchBus, benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import { type SimulatedPart, simulatedAds1115 } from '../../../daemons/tools/simulate/devices/ads1115.ts';
import { simulatedBme280 } from '../../../daemons/tools/simulate/devices/bosch.ts';
import { simulatedBme68x } from '../../../daemons/tools/simulate/devices/bosch-gas.ts';
import { simulatedScd4x, simulatedSgp4x } from '../../../daemons/tools/simulate/devices/sensirion-gas.ts';
import { simulatedSht4x } from '../../../daemons/tools/simulate/devices/sht4x.ts';

const air = { temperatureC: 20, relativePercent: 50, pressurePa: 90_000, pressureHpa: 900, co2: 420, gasOhm: 50_000 };
const sound = { voc: 30_000, nox: 15_000, selfTest: 0xd400 } as const;
/** Address, what sits there, and the serial number that it tells. */
const parts: Readonly<Record<string, readonly [number, () => SimulatedPart, string | null]>> = {
  ads1115: [0x48, () => simulatedAds1115(() => 1000), null],
  sht4x: [0x44, () => simulatedSht4x(() => air), '0fba1234'],
  sgp4x: [0x59, () => simulatedSgp4x({ model: 'sgp41', ...sound }), '000003a1b2c3'],
  scd4x: [0x62, () => simulatedScd4x(() => air), '000003a1b2c3'],
  bme280: [0x76, () => simulatedBme280('bme280', () => air as never), null],
  bme68x: [0x77, () => simulatedBme68x('bme688', () => air as never), null],
};

test('every part that can be asked has a case here', (t) => {
  const asked = drivers.filter(({ seats }) => seats.length > 0).map(({ part }) => part);
  t.deepEqual(asked.toSorted(), Object.keys(parts).toSorted());
});

for (const { part, seats, bind } of drivers.filter((one) => one.seats.length > 0)) {
  const [address, make, serial] = parts[part] ?? [0, () => simulatedAds1115(() => 0), null];

  test(`${part}: of all seats the one it sits on answers, and it measures afterwards`, async (t) => {
    const clock = benchClock(0);
    const bus = benchBus(new Map([[address, make()]]), clock);
    const found: (string | null)[] = [];
    let driver: Awaited<ReturnType<ReturnType<typeof bind>['open']>> | null = null;
    for (const seat of seats) {
      const one = bind('seat', seat);
      try {
        found.push((await one.identify?.(bus, clock)) ?? null);
        driver = await one.open(bus, clock);
      } catch (error) {
        if (!isFault(error)) throw error;
      }
    }
    t.deepEqual(found, [serial]);
    const samples = (await driver?.read()) ?? [];
    t.true(samples.length > 0 && samples.every(({ value }) => value !== null));
  });

  test(`${part}: a bus without it gives a fault, never a part`, async (t) => {
    const clock = benchClock(0);
    for (const seat of seats) {
      const error = await t.throwsAsync(
        bind('seat', seat).identify?.(benchBus(new Map(), clock), clock) ?? Promise.reject(),
      );
      t.true(isFault(error));
    }
  });
}

test('a barometer and a gas sensor at one address are told apart by their chip number', async (t) => {
  const clock = benchClock(0);
  const bus = benchBus(new Map([[0x76, simulatedBme280('bmp280', () => air as never)]]), clock);
  const answering = async (part: string): Promise<unknown[]> => {
    const found: unknown[] = [];
    const one = drivers.find((each) => each.part === part);
    for (const seat of one?.seats ?? [])
      await one
        ?.bind('seat', seat)
        .identify?.(bus, clock)
        .then(() => found.push((seat as { model?: string }).model))
        .catch(() => {});
    return found;
  };
  t.deepEqual(await answering('bme280'), ['bmp280']);
  t.deepEqual(await answering('bme68x'), []);
});
