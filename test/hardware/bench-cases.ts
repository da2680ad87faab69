/** What the kernel bench runs of each driver: drivers.test.ts finds a driver without a case, each bench a case that did not run. */
import { onBuses, onLines } from './sensor-mishaps.ts';

export type Cases = Readonly<Record<string, readonly string[]>>;

/** Each driver of a bus or line: well, then what goes wrong. */
export const sensorSteps = ['well', 'silent', 'corrupt', 'half', 'unplugged'] as const;
export const sensorCases: Cases = Object.fromEntries(
  [...onBuses, ...onLines].map(({ part }) => [part, [...sensorSteps, ...(part === 'sgp4x' ? ['climate'] : [])]]),
);

export const loopCases: Cases = {
  'vehicle-loop': ['biased', 'clean', 'gas', 'gone', 'back', 'lost', 'chattering', 'quiet', 'stuck', 'free', 'held'],
};

export const dockCases: Cases = {
  ina226: [
    ...['start', 'heater', 'open', 'close', 'charge', 'charged', 'rain', 'jam', 'stop', 'closed after it'],
    ...['lines', 'supply', 'drone', 'wind'],
  ],
  ina219: ['killed', 'ended'],
};
