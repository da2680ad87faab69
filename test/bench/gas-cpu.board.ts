/** A box of 16 channels: eight metal-oxide elements, a climate and six gases, on four Modbus analyzers. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadBox } from '../../daemons/core/config/box.ts';
import { panelSection } from '../support/alarm-panel.ts';

const root = path.join(import.meta.dirname, '../..');
/** Of the bench of CPU: 10 Hz. */
export const periodMs = 100;
/** Units of the 16 channels; what swings around 900 is scaled to be possible. */
const kinds = [
  ...Array.from({ length: 8 }, (_, i) => ({ name: `mox-${i + 1}`, unit: 'mV', scale: 1, range: [0, 3300] })),
  { name: 'temperature', unit: 'C', scale: 0.025, range: [-40, 85] },
  { name: 'humidity', unit: '%', scale: 0.05, range: [0, 100] },
  ...Array.from({ length: 6 }, (_, i) => ({ name: `gas-${i + 1}`, unit: 'ppm', scale: 0.01, range: [-5, 500] })),
];

export interface Laid {
  readonly withModel: boolean;
  readonly everyMs?: number;
  /** Within which an analyzer answers; what its driver says of it if not told. */
  readonly timeoutMs?: number;
  /** Where the program that runs it looks for models. */
  readonly models?: string;
  /** Where the uplink delivers to. */
  readonly broker?: string;
  /** `HOST:PORT` of simulated lines, on which it warns its crew. */
  readonly panel?: string;
}

/** Writes the configuration of a box named bench, with or without the shipped model, and gives its folder. */
export function layBench(
  folder: string,
  ports: readonly number[],
  {
    withModel,
    everyMs = periodMs,
    models = path.join(root, 'models'),
    broker = 'mqtt://127.0.0.1:1883',
    timeoutMs,
    panel,
  }: Laid,
): string {
  const { board, profile } = loadBox(path.join(root, 'firmware-configs'), 'post-1');
  const sensorOf = (channel: number): string => `an-${1 + (channel >> 2)}`;
  const sensors = ports.map((_, i) => ({
    id: `an-${i + 1}`,
    part: 'modbus-analyzer',
    serial: `B-${i + 1}`,
    port: `line-${i + 1}`,
    t90: { sensorS: 10 },
    options: {
      unit: 1,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      channels: kinds
        .slice(4 * i, 4 * i + 4)
        .map((one, n) => ({ ...one, register: 2 * n, table: 'input', type: 'f32' })),
    },
  }));
  const gas = profile.gas as Record<string, unknown>;
  const model = modelFor(folder, everyMs);
  const files = {
    'devices/bench': { device: 'bench', site: 'bench', board: 'bench', profile: 'bench' },
    'boards/bench': {
      board: 'bench',
      ports: {
        serial: Object.fromEntries(ports.map((port, i) => [`line-${i + 1}`, { tcp: `127.0.0.1:${port}` }])),
        ...(panel === undefined ? {} : { gpio: { tcp: panel } }),
      },
      ...(panel === undefined ? {} : { alarm: panelSection }),
      sensors,
      climate: { temperature: `${sensorOf(8)}/temperature`, humidity: `${sensorOf(9)}/humidity` },
      array: board.array.map((one, i) => ({ ...one, channel: `${sensorOf(i)}/mox-${i + 1}` })),
      quantities: kinds.slice(8).map(({ name, unit }, i) => ({
        quantity: name,
        unit,
        channel: `${sensorOf(8 + i)}/${name}`,
        factory: { u: 0.2 },
      })),
    },
    'profiles/bench': {
      profile: 'bench',
      gas: {
        ...gas,
        samplePeriodMs: everyMs,
        model: withModel ? { ...(gas.model as object), folder: path.relative(models, model) } : undefined,
        safety: { limits: (gas.safety as { limits: object[] }).limits.map((one) => ({ ...one, quantity: 'gas-1' })) },
        rules: (gas.rules as { score: unknown }[])
          .filter(({ score }) => withModel || score !== 'model')
          .map((one) => (one.score === 'model' ? one : { ...one, score: { quantity: 'gas-1' }, on: 50, off: 40 })),
      },
      uplink: { brokers: [broker] },
    },
  };
  for (const [name, value] of Object.entries(files)) {
    const file = path.join(folder, 'config', `${name}.yaml`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(value));
  }
  return path.join(folder, 'config');
}

/** The shipped model with a card that allows that pace: what it says does not matter here, what it costs does. */
function modelFor(folder: string, everyMs: number): string {
  const model = path.join(folder, 'model');
  cpSync(path.join(root, 'models/gas-vapour'), model, { recursive: true });
  const file = path.join(model, 'card.json');
  const card = JSON.parse(readFileSync(file, 'utf8')) as { input: { window: { periodMs: number[] } } };
  card.input.window.periodMs = [everyMs, everyMs];
  writeFileSync(file, JSON.stringify(card));
  return model;
}
