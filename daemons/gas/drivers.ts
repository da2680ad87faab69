import type { z } from 'zod';
import { parseValue } from '../core/config/parse.ts';
import type { Channel, Driver, DriverModule, PortKinds } from '../core/driver.ts';
import type { Clock } from '../core/ports/clock.ts';
import { Fault } from '../core/ports/fault.ts';
import { ads1115 } from './drivers/ads1115.ts';
import { analogCell } from './drivers/analog-cell.ts';
import { asciiLine } from './drivers/ascii-line.ts';
import { bme68x } from './drivers/bme68x.ts';
import { bme280 } from './drivers/bme280.ts';
import { currentLoop } from './drivers/current-loop.ts';
import { modbusAnalyzer } from './drivers/modbus-analyzer.ts';
import { nmeaGps } from './drivers/nmea-gps.ts';
import { scd4x } from './drivers/scd4x.ts';
import { senseairS8 } from './drivers/senseair-s8.ts';
import { sgp4x } from './drivers/sgp4x.ts';
import { sht4x } from './drivers/sht4x.ts';
import { vehicleLoop } from './drivers/vehicle-loop.ts';
import { wind } from './drivers/wind.ts';
import { winsen } from './drivers/winsen.ts';

/** A part with its options parsed: ready to be opened on a port. */
export interface Bound {
  readonly channels: readonly Channel[];
  open(port: PortKinds[keyof PortKinds], clock: Clock, aloneNs?: number): Promise<Driver>;
  /** As `Presence.identify`; null for a part that cannot be asked. */
  readonly identify: ((port: PortKinds[keyof PortKinds], clock: Clock) => Promise<string | null>) | null;
}

/** A driver as the composition root sees it, whatever its options are. */
export interface Part {
  readonly part: string;
  readonly port: keyof PortKinds;
  readonly config: z.ZodType;
  /** Parses the options; Fault `config` names every mistake under `where`. */
  bind(where: string, options: unknown): Bound;
  /** Options of the places where it may sit: what is asked on a bus that nobody described. */
  readonly seats: readonly Readonly<Record<string, unknown>>[];
}

function part<P extends keyof PortKinds, C>(module: DriverModule<P, C>): Part {
  return {
    part: module.part,
    port: module.port,
    config: module.config,
    seats: (module.presence?.seats ?? []) as Readonly<Record<string, unknown>>[],
    bind: (where, options) => {
      const config = parseValue(where, options, module.config);
      const { presence } = module;
      return {
        identify: presence ? (port, clock) => presence.identify(port as PortKinds[P], config, clock) : null,
        channels: module.channels(config),
        // The board file was checked before: a port of the other kind never gets here.
        open: (port, clock, aloneNs) => module.open(port as PortKinds[P], config, clock, aloneNs),
      };
    },
  };
}

/** Every part a box can read. A new one is one file in drivers/ and one line here. */
export const drivers: readonly Part[] = [
  part(ads1115),
  part(currentLoop),
  part(analogCell),
  part(sht4x),
  part(sgp4x),
  part(scd4x),
  part(bme280),
  part(bme68x),
  part(modbusAnalyzer),
  part(senseairS8),
  part(winsen),
  part(asciiLine),
  part(nmeaGps),
  part(wind),
  part(vehicleLoop),
];

/** The part of that name. Errors: Fault `config` that names the known ones. */
export function driverOf(name: string, where: string): Part {
  const found = drivers.find((one) => one.part === name);
  if (found) return found;
  throw new Fault(
    'config',
    `${where}: no driver for part "${name}"; known: ${drivers.map((one) => one.part).join(', ')}`,
  );
}
