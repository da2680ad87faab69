/** The lines of a dock on a chip that can be pulled: a port of GPIO in memory, of which each call may fail. */
import test from 'ava';
import { Fault } from '../../daemons/core/ports/fault.ts';
import type { Gpio, GpioAddress, GpioEdge } from '../../daemons/core/ports/gpio.ts';
import { dockWiring } from '../../daemons/dock/config.ts';
import { openLines } from '../../daemons/dock/lines.ts';
import { stampAt } from '../support/alerts.ts';

const line = (name: string) => ({ line: { name } });
const wiring = dockWiring.parse({
  inputs: Object.fromEntries(
    ['atOpen', 'atClosed', 'stopPressed', 'person', 'seated'].map((name) => [name, line(name)]),
  ),
  outputs: Object.fromEntries(['opens', 'closes', 'charger'].map((name) => [name, line(name)])),
  power: { port: 'supply', part: 'ina226', address: 64, shuntMilliohm: 2 },
});
const off = { opens: false, closes: false, charger: false, light: false, heater: false };

function memoryGpio() {
  const levels = new Map<string, boolean>();
  const gone = new Set<string>();
  const writes: string[] = [];
  const edges = new Map<string, readonly GpioEdge[]>();
  const nameOf = (address: GpioAddress): string => ('name' in address ? address.name : '');
  const there = (name: string): void => {
    if (gone.has(name)) throw new Fault('absent', `GPIO line "${name}": no such device (ENODEV)`);
  };
  const gpio: Gpio = {
    input: async (address) => {
      const name = nameOf(address);
      const closed = Promise.withResolvers<void>();
      return {
        read: async () => levels.get(name) ?? false,
        edges: async function* () {
          yield* edges.get(name) ?? [];
          await closed.promise;
        },
        close: async () => closed.resolve(),
      };
    },
    output: async (address, { initial }) => {
      const name = nameOf(address);
      levels.set(name, initial);
      return {
        write: async (level) => {
          writes.push(`${name} ${level ? 'on' : 'off'}`);
          there(name);
          levels.set(name, level);
        },
        read: async () => {
          there(name);
          return levels.get(name) ?? false;
        },
        close: async () => {},
      };
    },
    close: async () => {},
  };
  return { gpio, levels, gone, writes, edges };
}

test('a line that fails in mid-motion ends the lines with its fault, once; what else must go off does, and nothing goes on', async (t) => {
  const { gpio, levels, gone, writes } = memoryGpio();
  const lines = await openLines(gpio, wiring, () => {});
  await lines.drive({ ...off, opens: true, charger: true });
  t.deepEqual(writes.splice(0), ['opens on', 'charger on']);
  gone.add('opens');
  await t.notThrowsAsync(lines.drive(off));
  t.regex((await lines.ended)?.message ?? '', /"opens": no such device/);
  t.deepEqual(writes.splice(0), ['opens off', 'charger off']);
  t.false(levels.get('charger'));
  await lines.drive({ ...off, closes: true });
  t.false(writes.includes('closes on'));
  await lines.close();
});

test('a line that cannot be read back ends the lines with its fault', async (t) => {
  const { gpio, gone } = memoryGpio();
  const lines = await openLines(gpio, wiring, () => {});
  t.deepEqual(await lines.readBack(), { opens: false, closes: false, charger: false });
  gone.add('closes');
  t.is(await lines.readBack(), null);
  t.is((await lines.ended)?.kind, 'absent');
  await lines.close();
});

test('lines that are closed end without a fault, and everything is off before', async (t) => {
  const { gpio, levels } = memoryGpio();
  const lines = await openLines(gpio, wiring, () => {});
  await lines.drive({ ...off, opens: true });
  await lines.close();
  t.is(await lines.ended, null);
  t.false(levels.get('opens'));
});

test('pulses of the cups are counted with those that nobody took in time, and are no level of the dock', async (t) => {
  const { gpio, edges } = memoryGpio();
  const edge = (level: boolean, ms: number, missed: number | null): GpioEdge => ({
    ...{ level, missed },
    at: { ...stampAt(0), monoNs: ms * 1e6 },
  });
  edges.set('cups', [edge(true, 10, 0), edge(false, 20, 0), edge(true, 90, 6), edge(true, 100, null)]);
  const heard = Promise.withResolvers<void>();
  const pulses: (readonly [number, number])[] = [];
  const names = new Set<string>();
  const cups = { ...line('cups'), activeLow: false, bias: 'pull-up', debounceMs: 2, perHz: 1 } as const;
  const lines = await openLines(
    gpio,
    { ...wiring, inputs: { ...wiring.inputs, anemometer: cups } },
    (name) => names.add(name),
    (ms, count) => {
      pulses.push([ms, count]);
      if (pulses.length === 3) heard.resolve();
    },
  );
  await heard.promise;
  t.deepEqual(pulses, [
    [10, 1],
    [90, 4],
    [100, 1],
  ]);
  t.false(names.has('anemometer'));
  await lines.close();
  t.is(await lines.ended, null);
});
