/** All I2C parts on one bus, each read by its own driver, side by side. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import type { I2c } from '../../daemons/core/ports/i2c.ts';
import { lazyDriver } from '../../daemons/gas/lazy-driver.ts';
import type { SimulatedPart } from '../../daemons/tools/simulate/devices/ads1115.ts';
import { i2cParts } from '../captures/i2c-parts.ts';

export interface Together {
  readonly part: string;
  /** What it said, each different thing once. */
  readonly said: readonly unknown[];
}

const longest = 'sgp4x';

/** What is to be put on the bus for it. */
export const togetherParts = (): ReadonlyMap<number, SimulatedPart> =>
  new Map(Object.values(i2cParts).flatMap(({ normal }) => [...(normal?.parts() ?? [])]));

/** Reads them at once until the one that wakes up longest was read twice. */
export async function together(port: I2c): Promise<Together[]> {
  const clock = systemClock();
  let longestLooks = 0;
  return Promise.all(
    Object.entries(i2cParts).map(async ([part, { normal }]) => {
      const sensor = { id: part, part, port: 'bus', options: normal?.options ?? {} };
      const driver = lazyDriver(sensor, { i2c: new Map([['bus', port]]), serial: new Map() }, clock);
      const said = new Set<string>();
      let looks = 0;
      do {
        const look = await driver.read().catch((error: unknown) => {
          if (!isFault(error)) throw error;
          return { fault: error.kind };
        });
        said.add(JSON.stringify(look));
        looks += 1;
        if (part === longest) longestLooks = looks;
        await sleep(50);
      } while (longestLooks < 2);
      return { part, said: [...said].map((text) => JSON.parse(text)) };
    }),
  );
}
