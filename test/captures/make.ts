/**
 * Makes captures from simulated parts: `fieldpost record` makes one on a box. Every capture made here says that it is
 * simulated. `node test/captures/make.ts PART...` makes the captures of these parts anew, of every part without a name.
 * `expected.jsonl` is what the driver said: compare it with the truth in i2c-parts.ts and serial-parts.ts before keeping it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { recordI2c } from '../../daemons/core/adapters/i2c.record.ts';
import { recordSerial } from '../../daemons/core/adapters/serial.record.ts';
import type { Driver } from '../../daemons/core/driver.ts';
import { Fault, isFault } from '../../daemons/core/ports/fault.ts';
import type { I2c } from '../../daemons/core/ports/i2c.ts';
import type { Serial } from '../../daemons/core/ports/serial.ts';
import { driverOf } from '../../daemons/gas/drivers.ts';
import { benchBus, benchClock } from '../../daemons/tools/evaluate/i2c-bench.ts';
import { type I2cCase, i2cParts } from './i2c-parts.ts';
import { type SerialCase, serialParts } from './serial-parts.ts';

type BenchClock = ReturnType<typeof benchClock>;

function busOf({ parts, spoil = (bytes) => bytes }: I2cCase, clock: BenchClock): I2c {
  const bus = benchBus(parts(), clock);
  return { ...bus, read: async (address, length) => spoil(await bus.read(address, length)) };
}

/** A line whose device answers within 5 ms, or says something by itself each second. null is an unplugged one. */
function lineOf({ device, spoil = (bytes) => bytes }: SerialCase, clock: BenchClock): Serial {
  const model = device?.() ?? null;
  let waiting: Uint8Array[] = [];
  return {
    transact: async (work) => {
      if (!model) throw new Fault('absent', 'unplugged');
      return work({
        write: async (bytes) => {
          waiting = model.receive(bytes).map(spoil);
        },
        read: async (timeoutMs) => {
          const first = waiting.shift();
          if (first) {
            await clock.sleep(5, 'line');
            return first;
          }
          await clock.sleep(Math.min(timeoutMs, 1000), 'line');
          const said = timeoutMs >= 1000 ? model.tick?.() : null;
          if (!said) throw new Fault('timeout', 'nothing came');
          return spoil(said);
        },
        discard: () => {
          waiting = [];
        },
      });
    },
    close: async () => {},
  };
}

async function make(part: string, name: string, one: I2cCase | SerialCase): Promise<void> {
  const lines: string[] = [];
  const said: unknown[] = [];
  const clock = benchClock(1_767_225_600_000);
  const { options, periodMs = 2000 } = one;
  const what = { part, sensor: `simulated-${part}`, options, simulated: true, periodMs };
  const sink = (text: string): void => void lines.push(text);
  const port =
    'parts' in one
      ? recordI2c(busOf(one, clock), what, sink, clock)
      : recordSerial(lineOf(one, clock), what, sink, clock);
  const look = async (work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => {
      if (!isFault(error)) throw error;
      said.push({ fault: error.kind });
    });
  const bound = driverOf(part, part).bind(part, what.options);
  let driver: Driver | null = null;
  for (let i = 0; i < 3; i++) {
    await look(async () => {
      driver ??= await bound.open(port, clock);
      said.push(await driver.read());
    });
    await clock.sleep(periodMs, 'period');
  }
  const folder = path.join(import.meta.dirname, part, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'capture.jsonl'), `${lines.join('\n')}\n`);
  writeFileSync(path.join(folder, 'expected.jsonl'), `${said.map((one) => JSON.stringify(one)).join('\n')}\n`);
}

const wanted = process.argv.slice(2);
for (const [part, cases] of Object.entries({ ...i2cParts, ...serialParts }))
  if (wanted.length === 0 || wanted.includes(part))
    for (const [name, one] of Object.entries(cases)) await make(part, name, one);
