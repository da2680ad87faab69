import type { Sensor } from '../core/config/box.ts';
import type { Running } from '../core/daemon/running.ts';
import type { Driver } from '../core/driver.ts';
import type { Clock } from '../core/ports/clock.ts';
import { Fault, type FaultKind, isFault } from '../core/ports/fault.ts';
import type { Gpio } from '../core/ports/gpio.ts';
import type { I2c } from '../core/ports/i2c.ts';
import type { Serial } from '../core/ports/serial.ts';
import { driverOf } from './drivers.ts';

/** The ports of a board, by the names that its file gives them. */
export interface Buses {
  readonly i2c: ReadonlyMap<string, I2c>;
  readonly serial: ReadonlyMap<string, Serial>;
  /** Of the box itself, by the name `gpio`; absent where no sensor asks for it. */
  readonly gpio?: Gpio;
}

/** Gives every port back. */
export async function closeBuses({ i2c, serial, gpio }: Buses): Promise<void> {
  await Promise.all([...i2c.values(), ...serial.values(), ...(gpio ? [gpio] : [])].map((port) => port.close()));
}

/** What of a sensor says how it is reached. */
type Bound = Pick<Sensor, 'id' | 'part' | 'port' | 'options'>;

const answered: ReadonlySet<FaultKind> = new Set(['checksum', 'refused']);

/**
 * A sensor that opens itself at its first reading, and again after one that says it may have been away: a box starts with
 * a dead instrument and notices when it is plugged in. A broken frame or a refusal is an answer of a part that is there. `aloneNs`: since when no other process can have asked on its port. Errors: Fault `config` for a part, an option or a port that does not fit.
 */
export function lazyDriver({ id, part, port, options }: Bound, buses: Buses, clock: Clock, aloneNs?: number): Driver {
  const module = driverOf(part, `sensor ${id}`);
  const { i2c, serial, gpio } = buses;
  const bus = { i2c: i2c.get(port), serial: serial.get(port), gpio: port === 'gpio' ? gpio : undefined }[module.port];
  if (!bus)
    throw new Fault('config', `sensor ${id}: ${part} needs a port of kind ${module.port}; "${port}" is not one`);
  const bound = module.bind(`sensor ${id} options`, options);
  let driver: Driver | null = null;
  let alone = aloneNs;
  return {
    channels: bound.channels,
    read: async () => {
      if (!driver) {
        // What it asks from here on may be answered late: only the first opening finds a line on which nobody asked.
        const since = alone;
        alone = undefined;
        driver = await bound.open(bus, clock, since);
      }
      try {
        return await driver.read();
      } catch (error) {
        if (isFault(error) && !answered.has(error.kind)) driver = null;
        throw error;
      }
    },
  };
}

/** A driver for each sensor of a board. */
export const lazyDrivers = <S extends Bound>(
  sensors: readonly S[],
  buses: Buses,
  { clock, beganNs }: Pick<Running, 'clock' | 'beganNs'>,
): readonly { readonly one: S; readonly driver: Driver }[] =>
  sensors.map((one, i) => {
    // Of several on one line the first alone: a late answer to it would be taken for the answer to the next one.
    const isFirst = sensors.findIndex(({ port }) => port === one.port) === i;
    return { one, driver: lazyDriver(one, buses, clock, isFirst ? beganNs : undefined) };
  });
