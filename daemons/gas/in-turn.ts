import type { Channel, DriverModule, Sample } from '../core/driver.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { I2c } from '../core/ports/i2c.ts';

interface InTurn<C, T> {
  readonly channels: (options: C) => readonly Channel[];
  /** What one look reads, in order. */
  readonly all: (options: C) => readonly T[];
  readonly read: (on: { readonly bus: I2c; readonly clock: Clock }, one: T, options: C) => Promise<Sample>;
}

/** How a driver opens a converter behind a multiplexer: it has one answer at a time, so one sample is read after another. */
export const inTurn =
  <C, T>({ channels, all, read }: InTurn<C, T>): DriverModule<'i2c', C>['open'] =>
  async (bus, options, clock) => ({
    channels: channels(options),
    read: async () => {
      const samples: Sample[] = [];
      for (const one of all(options)) samples.push(await read({ bus, clock }, one, options));
      return samples;
    },
  });
