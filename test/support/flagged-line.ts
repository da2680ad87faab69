/** A post of real drivers on simulated parts, in a time of its own, through the real line to what is kept: for tests of flags. */
import { flagClock } from '../../daemons/core/clock/bound.ts';
import { board as boardShape } from '../../daemons/core/config/box.ts';
import { parseValue } from '../../daemons/core/config/parse.ts';
import { sample } from '../../daemons/core/flow/sample.ts';
import type { Clock } from '../../daemons/core/ports/clock.ts';
import { decodeTelemetry } from '../../daemons/core/telemetry/decode.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { Adjustment } from '../../daemons/core/values/calibration.ts';
import type { TelemetryBody } from '../../daemons/core/values/envelope.ts';
import type { Measurement } from '../../daemons/core/values/measurement.ts';
import type { Reading } from '../../daemons/core/values/reading.ts';
import { gasSection } from '../../daemons/gas/config.ts';
import { plan } from '../../daemons/gas/conversions.ts';
import { lazyDriver } from '../../daemons/gas/lazy-driver.ts';
import { gasLine } from '../../daemons/gas/line.ts';
import { benchBus, benchClock } from '../../daemons/tools/evaluate/i2c-bench.ts';
import { simulatedAds1115 } from '../../daemons/tools/simulate/devices/ads1115.ts';
import { floatRegisters, modbusServer } from '../../daemons/tools/simulate/devices/modbus.ts';
import { simulatedSht4x } from '../../daemons/tools/simulate/devices/sht4x.ts';
import { adjustmentOf } from './calibration-records.ts';
import { timedLine } from './timed-line.ts';

export const startMs = 1_790_000_000_000;
export const seconds = 180;
/** When it goes wrong. */
export const from = 60;

/** What the parts show at second `t`. */
export interface World {
  readonly ammonia: (t: number) => number;
  /** The second analyzer beside it. */
  readonly beside: (t: number) => number;
  readonly elementMv: (t: number) => number;
  readonly heaterMv: (t: number) => number;
  readonly temperatureC: (t: number) => number;
  /** Whether an answer of the analyzer loses its last bit at that second. */
  readonly broken: (t: number) => boolean;
  readonly climate: boolean;
  readonly uncertaintyMs: number | null;
}

export const restless = (t: number): number => 0.4 * Math.sin(t * 1.7) + 0.2 * Math.sin(t * 0.9);
export const calm: World = {
  ammonia: (t) => 5 + restless(t),
  beside: (t) => 5.2 + restless(t + 4),
  elementMv: (t) => 900 + 5 * Math.sin(t * 1.7),
  heaterMv: (t) => 150 + 3 * Math.sin(t * 1.1),
  temperatureC: (t) => 20 + t / 30,
  broken: () => false,
  climate: true,
  uncertaintyMs: 5,
};

const analyzer = (id: string, quality: object = {}) => ({
  id,
  part: 'modbus-analyzer',
  serial: `S-${id}`,
  port: id,
  t90: { sensorS: 4 },
  stuckAfter: 30,
  quality: { flatline: { step: 0.05 }, ...quality },
  options: {
    unit: 7,
    channels: [{ name: 'ammonia', register: 0, table: 'input', type: 'f32', unit: 'ppm', range: [-5, 500] }],
  },
});
const converter = (id: string, address: number, quality: object = {}) => ({
  id,
  part: 'ads1115',
  serial: `S-${id}`,
  port: 'main',
  quality,
  options: { address, fullScaleMv: 4096, rate: 860, channels: ['a0'] },
});
const element = { part: 'e', loadOhm: 15000, supplyMv: 3300, r0Ohm: 40000, perDegree: -0.01, perLnHumidity: -0.2 };

export const boardOf = (quality: { readonly analyzer?: object; readonly element?: object } = {}) =>
  boardShape.parse({
    board: 'b',
    ports: {
      i2c: { main: { bus: 1 } },
      serial: { nh3: { tcp: '127.0.0.1:1' }, beside: { tcp: '127.0.0.1:2' } },
    },
    sensors: [
      analyzer('nh3', quality.analyzer),
      analyzer('beside'),
      converter('mox', 72, quality.element),
      converter('heater', 73),
      { id: 'air', part: 'sht4x', serial: 'S-air', port: 'main', options: { address: 68 } },
    ],
    climate: { temperature: 'air/temperature', humidity: 'air/humidity' },
    array: [{ ...element, quantity: 'mox-1', channel: 'mox/a0' }],
    quantities: [
      { quantity: 'ammonia', unit: 'ppm', channel: 'nh3/ammonia' },
      { quantity: 'ammonia-beside', unit: 'ppm', channel: 'beside/ammonia' },
    ],
    pairs: [{ quantities: ['ammonia', 'ammonia-beside'], within: 3, holdS: 5 }],
  });

export const recordOf = (sensor: string, changed: Partial<Adjustment>): Adjustment =>
  ({
    ...adjustmentOf(`cal-${sensor}`),
    sensor,
    serial: `S-${sensor}`,
    quantity: sensor === 'nh3' ? 'ammonia' : 'ammonia-beside',
    validUntilMs: startMs + 1e10,
    fit: {
      kind: 'linear',
      intercept: 0,
      terms: [{ channel: `${sensor}/ammonia`, coefficient: 1 }],
      covariance: [
        [0.001, 0],
        [0, 0.0001],
      ],
      residual: 0,
      spans: [0, 500],
    },
    seal: null,
    ...changed,
  }) as Adjustment;

export interface Row {
  readonly world?: Partial<World>;
  readonly quality?: Parameters<typeof boardOf>[0];
  /** Of the first analyzer; null: it has none. */
  readonly record?: Partial<Adjustment> | null;
}

export interface Told {
  readonly measurements: readonly Measurement[];
  readonly alerts: readonly Alert[];
}

export async function told({ world = {}, quality, record = {} }: Row): Promise<Told> {
  const now: World = { ...calm, ...world };
  const board = boardOf(quality);
  const read = await Promise.all(board.sensors.map((one) => readingsOf(one, now)));
  const drivers = new Map(read.map(({ id, driver }) => [id, driver]));
  const records = new Map([
    ['nh3', record && recordOf('nh3', record)],
    ['beside', recordOf('beside', {})],
  ]);
  const { conversions } = plan(board, drivers, { inForce: (sensor) => records.get(sensor) ?? null });
  const section = parseValue(
    'gas',
    {
      samplePeriodMs: 1000,
      heldEveryMs: 1000,
      rules: [
        {
          kind: 'ammonia',
          family: 'evidence',
          severity: 'warning',
          score: { quantity: 'ammonia' },
          on: 2,
          off: 1,
          raiseAfter: 4,
          clearAfter: 4,
        },
      ],
    },
    gasSection,
  );
  const line = gasLine({ device: 'post-1', where: null, section, board, conversions, model: null });
  const batches = read
    .flatMap(({ batches: all }) => all)
    .toSorted((a, b) => (a[0]?.at.monoNs ?? 0) - (b[0]?.at.monoNs ?? 0));
  const measurements: Measurement[] = [];
  const alerts: Alert[] = [];
  let state = line.fresh();
  const take = ({ telemetry, alerts: some }: ReturnType<typeof line.drain>): void => {
    alerts.push(...some);
    for (const { body } of telemetry) measurements.push(...decodeTelemetry(body as TelemetryBody).measurements);
  };
  for (const batch of batches) {
    const step = line.advance(state, flagClock(batch));
    state = step.state;
    take(step.finding);
  }
  take(line.drain(state));
  return { measurements, alerts };
}

/** A sensor read by its real driver, in a time of its own. */
async function readingsOf(sensor: ReturnType<typeof boardOf>['sensors'][number], world: World) {
  const bench = benchClock(startMs);
  const clock: Clock = {
    ...bench,
    now: () => ({ ...bench.now(), uncertaintyMs: world.uncertaintyMs }),
  };
  const at = (): number => (bench.now().wallMs - startMs) / 1000;
  const show = sensor.id === 'nh3' ? world.ammonia : world.beside;
  const server = modbusServer({
    unit: 7,
    register: (_table, address) => floatRegisters(show(at()))[address] ?? null,
  });
  const serial = timedLine(bench, (written) =>
    server(written).map((bytes) => {
      const isBroken = sensor.id === 'nh3' && world.broken(Math.round(at()));
      return { afterMs: 5, bytes: isBroken ? bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1) : bytes };
    }),
  );
  const air = simulatedSht4x(() => ({ temperatureC: world.temperatureC(at()), relativePercent: 40 }));
  const parts = new Map([
    [72, simulatedAds1115(() => world.elementMv(at()))],
    [73, simulatedAds1115(() => world.heaterMv(at()))],
    ...(world.climate ? ([[68, air]] as const) : []),
  ]);
  const bus = benchBus(parts, clock);
  const driver = lazyDriver(sensor, { i2c: new Map([['main', bus]]), serial: new Map([[sensor.port, serial]]) }, clock);
  const batches: (readonly Reading[])[] = [];
  const stop = new AbortController();
  const options = {
    sensor: sensor.id,
    driver,
    periodMs: 1000,
    clock,
    signal: stop.signal,
    always: [],
    onChange: () => {},
  };
  for await (const batch of sample(options)) {
    batches.push(batch);
    if (at() >= seconds) stop.abort();
  }
  return { id: sensor.id, driver, batches };
}
