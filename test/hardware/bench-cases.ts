/** What the kernel bench runs of each driver: drivers.test.ts finds a driver without a case, each bench a case that did not run. */
import { i2cParts } from '../captures/i2c-parts.ts';
import { serialParts } from '../captures/serial-parts.ts';

export type Cases = Readonly<Record<string, readonly string[]>>;

/** Of each driver of a bus or line the cases of its captures; of a line half of each answer as well. */
export const sensorCases: Cases = Object.fromEntries(
  Object.entries({ ...i2cParts, ...serialParts }).map(([part, cases]) => [
    part,
    [...Object.keys(cases), ...(part in serialParts ? ['half'] : [])].toSorted(),
  ]),
);

export const loopCases: Cases = {
  'vehicle-loop': ['biased', 'clean', 'gas', 'gone', 'back', 'lost', 'chattering', 'quiet', 'stuck', 'free', 'held'],
};

export const dockCases: Cases = {
  ina226: [
    ...['start', 'open', 'close', 'charge', 'charged', 'rain', 'jam', 'stop', 'closed after it'],
    ...['lines', 'supply', 'drone'],
  ],
  ina219: ['killed', 'ended'],
};
