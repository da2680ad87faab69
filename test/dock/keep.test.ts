/** Buses that hang, under the loops that keep supply and air of a dock: a part that does not answer is one that is not known. */
import test from 'ava';
import type { Clock } from '../../daemons/core/ports/clock.ts';
import type { I2c } from '../../daemons/core/ports/i2c.ts';
import { keepClimate } from '../../daemons/dock/keep-climate.ts';
import { keepSupply } from '../../daemons/dock/keep-supply.ts';
import { stampAt } from '../support/alerts.ts';

const hung: I2c = {
  write: () => new Promise(() => {}),
  read: () => new Promise(() => {}),
  close: async () => {},
} as I2c;

/** Every wait is over in the next turn, but for those that were called off. */
const clock: Clock = {
  now: () => stampAt(0),
  sleep: (_ms, _what, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      setImmediate(resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    }),
};

test('a bus that hangs is a supply that is lost, with words, again and again until it is there', async (t) => {
  const stop = new AbortController();
  const told: unknown[] = [];
  await keepSupply(
    {
      ...{ bus: hung, power: { port: 'supply', part: 'ina219', address: 64, shuntMilliohm: 2 } },
      section: { supplyWithinMs: 500, lookMs: 100 },
      tell: (input) => {
        told.push(input);
        if (told.length === 3) stop.abort();
      },
    },
    { clock, signal: stop.signal },
  );
  const lost = { is: 'lost', what: 'supply', why: 'the power monitor did not answer within 500 ms' };
  t.deepEqual(told, [lost, lost, lost]);
});

test('a bus that hangs is air that is not known', async (t) => {
  const stop = new AbortController();
  const told: unknown[] = [];
  await keepClimate(
    {
      ...{ bus: hung, address: 68, withinMs: 500 },
      tell: (input) => {
        told.push(input);
        stop.abort();
      },
    },
    { clock, signal: stop.signal },
  );
  t.deepEqual(told, [{ is: 'air', air: null, why: 'the SHT4x did not answer within 500 ms' }]);
});

test('air that answers is told as the datasheet says', async (t) => {
  const stop = new AbortController();
  const told: unknown[] = [];
  // Half of full scale, with its checksum: -45 + 87.5 C and -6 + 62.5 %.
  const half = [0x80, 0x00, 0xa2];
  const bus = { write: async () => {}, read: async () => Uint8Array.of(...half, ...half), close: async () => {} };
  await keepClimate(
    {
      ...{ bus: bus as unknown as I2c, address: 68, withinMs: 500 },
      tell: (input) => {
        told.push(input);
        stop.abort();
      },
    },
    // Here the limit must not come first.
    {
      clock: {
        ...clock,
        sleep: (ms, what, signal) => (ms === 500 ? new Promise(() => {}) : clock.sleep(ms, what, signal)),
      },
      signal: stop.signal,
    },
  );
  const [{ air }] = told as [{ air: { temperatureC: number; humidityPercent: number } }];
  t.true(Math.abs(air.temperatureC - 42.5) < 0.01 && Math.abs(air.humidityPercent - 56.5) < 0.01, JSON.stringify(air));
});
