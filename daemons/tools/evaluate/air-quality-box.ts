/** The box of the evaluation: what the recorded year is wired to, and the one rule that watches it. */
import { board as boardShape } from '../../core/config/box.ts';
import { gasSection } from '../../gas/config.ts';

/** mg/m3: about what the European 8-hour limit (10) is not allowed to approach for long; here only a line to alert at. */
export const episodeAt = 4;
const offAt = 3.5;

export const board = boardShape.parse({
  board: 'evaluation',
  ports: { i2c: { main: { bus: 1 } }, serial: {} },
  sensors: [
    {
      id: 'mox-a',
      part: 'ads1115',
      serial: 'UCI-A',
      port: 'main',
      options: { address: 0x48, fullScaleMv: 4096, rate: 860, channels: ['a0', 'a1', 'a2', 'a3'] },
    },
    {
      id: 'mox-b',
      part: 'ads1115',
      serial: 'UCI-B',
      port: 'main',
      options: { address: 0x49, fullScaleMv: 4096, rate: 860, channels: ['a0'] },
    },
    { id: 'air', part: 'sht4x', serial: 'UCI-C', port: 'main', options: { address: 0x44 } },
  ],
  climate: { temperature: 'air/temperature', humidity: 'air/humidity' },
  quantities: [
    { quantity: 'co', unit: 'mg/m3', channel: 'mox-a/a0' },
    { quantity: 'nox', unit: 'ppb', channel: 'mox-a/a1' },
  ],
});
export const channels = [
  'mox-a/a0',
  'mox-a/a1',
  'mox-a/a2',
  'mox-a/a3',
  'mox-b/a0',
  'air/temperature',
  'air/humidity',
  'air/absolute-humidity',
];
export const section = gasSection.parse({
  samplePeriodMs: 3_600_000,
  rules: [
    {
      kind: 'co',
      family: 'evidence',
      severity: 'warning',
      score: { quantity: 'co' },
      on: episodeAt,
      off: offAt,
      raiseAfter: 1,
      clearAfter: 1,
    },
  ],
});
