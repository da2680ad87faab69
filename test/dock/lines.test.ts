/** The lines of a dock on a chip that can be pulled: a port of GPIO in memory, of which each call may fail. */
import test from 'ava';
import { Fault } from '../../daemons/core/ports/fault.ts';
import type { Gpio, GpioAddress } from '../../daemons/core/ports/gpio.ts';
import { dockWiring } from '../../daemons/dock/config.ts';
import { openLines } from '../../daemons/dock/lines.ts';

const line = (name: string) => ({ line: { name } });
const wiring = dockWiring.parse({
  inputs: Object.fromEntries(
    ['atOpen', 'atClosed', 'stopPressed', 'person', 'seated'].map((name) => [name, line(name)]),
  ),
  outputs: Object.fromEntries(['opens', 'closes', 'charger'].map((name) => [name, line(name)])),
  power: { port: 'supply', part: 'ina226', address: 64, shuntMilliohm: 2 },
});
const off = { opens: false, closes: false, charger: false, light: false };

function memoryGpio() {
  const levels = new Map<string, boolean>();
  const gone = new Set<string>();
  const writes: string[] = [];
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
        // biome-ignore lint/correctness/useYield: a line on which nothing happens
        edges: async function* () {
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
  return { gpio, levels, gone, writes };
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
