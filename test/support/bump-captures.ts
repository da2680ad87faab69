/**
 * A technician's folder for `fieldpost train gas`, made in this process: the simulated array in clean air and in gas, read
 * by the real drivers through recording buses, with no clock but its own.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { recordI2c } from '../../daemons/core/adapters/i2c.record.ts';
import { absoluteHumidity } from '../../daemons/gas/compensate.ts';
import { driverOf } from '../../daemons/gas/drivers.ts';
import { benchBus, benchClock } from '../../daemons/tools/evaluate/i2c-bench.ts';
import { arrayConstants, freshArray, stepArray } from '../../daemons/tools/simulate/array.ts';
import { simulatedAds1115 } from '../../daemons/tools/simulate/devices/ads1115.ts';
import { simulatedSht4x } from '../../daemons/tools/simulate/devices/sht4x.ts';
import type { Gases } from '../../daemons/tools/simulate/world.ts';

const configs = path.join(import.meta.dirname, '../../firmware-configs');
const clean: Gases = { ammonia: 0.1, acetone: 0, toluene: 0, ethanol: 0, exhaust: 0.2 };

export interface Bump {
  readonly gas: string;
  readonly ppm: number;
  readonly relativePercent?: number;
  /** What is written down, when it is not what was put to the inlet. */
  readonly writtenAs?: string;
}

const arrivesS = 12;
const endsS = 28;

/** Lays one capture a bump and exposures.yaml: clean air to 12 s, then the gas. Every capture also shows its air. */
export async function layBumps(folder: string, session: string, bumps: readonly Bump[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const exposures: object[] = [];
  for (const [i, bump] of bumps.entries()) {
    const capture = `${session}-${i}`;
    await layCapture(path.join(folder, capture), bump);
    exposures.push({ capture, session, gas: 'air', fromS: 7, toS: arrivesS });
    exposures.push({
      capture,
      session,
      gas: bump.writtenAs ?? bump.gas,
      ppm: bump.ppm,
      fromS: arrivesS + 5,
      toS: endsS,
    });
  }
  writeFileSync(path.join(folder, 'exposures.yaml'), stringify({ exposures }));
}

async function layCapture(out: string, { gas, ppm, relativePercent = 50 }: Bump): Promise<void> {
  for (const kind of ['devices', 'boards', 'profiles']) mkdirSync(path.join(out, 'config', kind), { recursive: true });
  mkdirSync(path.join(out, 'sensors'));
  copyFileSync(path.join(configs, 'devices/post-1.yaml'), path.join(out, 'config/devices/post-1.yaml'));
  copyFileSync(path.join(configs, 'profiles/gas-vapour.yaml'), path.join(out, 'config/profiles/gas-vapour.yaml'));
  copyFileSync(path.join(configs, 'boards/sim-gas-8.yaml'), path.join(out, 'config/boards/sim-gas-8.yaml'));
  const board = parse(readFileSync(path.join(configs, 'boards/sim-gas-8.yaml'), 'utf8')) as {
    sensors: { id: string; part: string; options: Record<string, unknown> }[];
  };

  const startMs = 1_700_000_000_000;
  const clock = benchClock(startMs);
  const temperatureC = 18;
  const humidityGm3 = absoluteHumidity(temperatureC, relativePercent);
  let array = freshArray(4);
  let ohms: readonly number[] = [];
  let last = -600;
  const advance = (toS: number): void => {
    while (last < toS) {
      const dtS = Math.min(last < 0 ? 1 : 0.25, toS - last);
      last += dtS;
      const air = last >= arrivesS ? { ...clean, [gas]: ppm } : clean;
      [array, ohms] = stepArray(array, { ppm: gas === 'air' ? clean : air, temperatureC, humidityGm3, dtS });
    }
  };
  const part = (first: number) =>
    simulatedAds1115((channel) => {
      const one = arrayConstants[first + channel];
      return one ? (one.supplyMv * one.loadOhm) / (one.loadOhm + (ohms[first + channel] ?? 1e9)) : 0;
    });
  const bus = benchBus(
    new Map([
      [0x48, part(0)],
      [0x49, part(4)],
      [0x44, simulatedSht4x(() => ({ temperatureC, relativePercent }))],
    ]),
    clock,
  );
  const looks = await Promise.all(
    ['mox-a', 'mox-b', 'air'].map(async (id) => {
      const sensor = board.sensors.find((one) => one.id === id);
      if (!sensor) throw new TypeError(`${id} is not on the board`);
      const lines: string[] = [];
      const what = { part: sensor.part, sensor: id, options: sensor.options, simulated: true };
      const port = recordI2c(bus, what, (line) => void lines.push(line), clock);
      return { id, lines, driver: await driverOf(sensor.part, id).bind(id, sensor.options).open(port, clock) };
    }),
  );
  for (let t = 0; t <= endsS; t += 0.25) {
    clock.setMs(startMs + 1000 * t);
    advance(t);
    for (const { driver } of looks) await driver.read();
  }
  for (const { id, lines } of looks) writeFileSync(path.join(out, 'sensors', `${id}.jsonl`), `${lines.join('\n')}\n`);
}
