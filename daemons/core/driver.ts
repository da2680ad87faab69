/**
 * The driver contract. A driver module is one file: data above (registers, commands, ranges), behaviour below, and a
 * pure `decode` that takes bytes and gives values. It exports one `DriverModule`, named after the part.
 * A driver knows a port, never an adapter; it throws `Fault` when the world fails and never retries in silence.
 */
import type { z } from 'zod';
import type { Clock } from './ports/clock.ts';
import type { Gpio } from './ports/gpio.ts';
import type { I2c } from './ports/i2c.ts';
import type { Serial } from './ports/serial.ts';
import type { Flag } from './values/flags.ts';

/** One output of a sensor. `range` is the physically possible interval in `unit`: outside it a value is flagged. */
export interface Channel {
  readonly name: string;
  readonly unit: string;
  readonly range: readonly [number, number];
  /** Smallest step the part can report, in `unit`. */
  readonly resolution: number;
}

/** One channel's value from one look. null with a flag is a gap that the part itself reported. */
export interface Sample {
  readonly channel: string;
  readonly value: number | null;
  readonly flags: readonly Flag[];
}

/** An opened sensor. */
export interface Driver {
  readonly channels: readonly Channel[];
  /** One look at the part. Errors: Fault; the caller turns it into gaps on every channel. */
  read(): Promise<readonly Sample[]>;
}

/** The ports a driver may be given; `port` in the config says which kind it wants. */
export interface PortKinds {
  readonly i2c: I2c;
  readonly serial: Serial;
  /** The lines of the box: there is one, and its port is named `gpio`. */
  readonly gpio: Gpio;
}

/** A part that the box knows how to talk to. */
export interface DriverModule<P extends keyof PortKinds = keyof PortKinds, C = unknown> {
  /** The part's name in board files, for example `ads1115`. */
  readonly part: string;
  readonly port: P;
  /** Parses the part's own options in a board file; strict. */
  readonly config: z.ZodType<C>;
  /** The outputs of a part so configured: known before the part itself was ever reached, so that its gaps have names. */
  channels(config: C): readonly Channel[];
  /**
   * Checks or wakes the part and returns it ready to read. `aloneNs`: since when, on the monotonic clock, nobody can have asked anything
   * on this port; absent where something may have been asked just now. Errors: Fault.
   */
  open(port: PortKinds[P], config: C, clock: Clock, aloneNs?: number): Promise<Driver>;
  /** Present for a part that can be asked who it is without changing what it does. */
  readonly presence?: Presence<P, C>;
}

/** How a part is found on a port that may hold anything. */
export interface Presence<P extends keyof PortKinds = keyof PortKinds, C = unknown> {
  /** Where it may sit, with the options that a new board file would get. */
  readonly seats: readonly C[];
  /**
   * Its own serial number; null for a part that answers and tells none. It is asked on a part that no daemon reads meanwhile.
   * Errors: Fault: nobody answers, or it is another part.
   */
  identify(port: PortKinds[P], config: C, clock: Clock): Promise<string | null>;
}
