/** Simulated parts on a board that has all of them: no two of one bus have one address, and each serial line has one instrument. */
import type { SimulatedPart } from '../../daemons/tools/simulate/devices/ads1115.ts';
import type { I2cCase } from '../captures/i2c-parts.ts';
import type { SerialDevice } from '../captures/serial-parts.ts';

export const busNames = ['bus-a', 'bus-b'] as const;
export type BusName = (typeof busNames)[number];
export const lineNames = ['line-0', 'line-1', 'line-2', 'line-3', 'line-4', 'line-5'] as const;
/** Parts that have an SHT4x at the address of another's: it has other addresses, and they read it there. */
const climates: Readonly<Record<string, number>> = { sht4x: 0x45, 'analog-cell': 0x46 };

/** The case with its SHT4x at an address of its own. */
export function atHome(part: string, one: I2cCase): I2cCase {
  const home = climates[part];
  if (home === undefined) return one;
  const { address, climate, ...rest } = one.options;
  return {
    ...one,
    options: {
      ...rest,
      address: address === 0x44 ? home : address,
      ...(climate ? { climate: { sht4x: home } } : {}),
    },
    parts: () => new Map([...one.parts()].map(([at, each]) => [at === 0x44 ? home : at, each])),
  };
}

export const spoiled = (part: SimulatedPart, spoil: (bytes: Uint8Array) => Uint8Array): SimulatedPart => ({
  ...part,
  read: (length, nowMs) => {
    const said = part.read(length, nowMs);
    return said && spoil(said);
  },
});
/** A device all of whose words are spoiled. */
export const spoiledDevice = (device: SerialDevice, spoil: (bytes: Uint8Array) => Uint8Array): SerialDevice => ({
  receive: (bytes) => device.receive(bytes).map(spoil),
  tick: () => {
    const said = device.tick?.();
    return said ? spoil(said) : null;
  },
});
