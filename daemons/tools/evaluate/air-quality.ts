/**
 * `fieldpost evaluate air-quality`: a year of recorded metal-oxide, temperature and humidity values as register bytes of
 * an ADS1115 and an SHT4x, through the real drivers, calibration, detection, alerts and delivery. The calibration is
 * fitted by least squares against the reference analyser on the first 28 days; everything after is tested. The same rows are
 * then told by co-location that is refitted weekly: see air-quality-weekly.ts.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openSpool } from '../../core/adapters/spool.sqlite.ts';
import type { Driver } from '../../core/driver.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { Adjustment } from '../../core/values/calibration.ts';
import type { Measurement } from '../../core/values/measurement.ts';
import type { Reading } from '../../core/values/reading.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import type { Beside } from '../../gas/co-location.ts';
import { plan } from '../../gas/conversions.ts';
import { driverOf } from '../../gas/drivers.ts';
import { fitLinear } from '../../gas/fit.ts';
import { gasLine } from '../../gas/line.ts';
import { simulatedAds1115 } from '../simulate/devices/ads1115.ts';
import { simulatedSht4x } from '../simulate/devices/sht4x.ts';
import { board, channels, episodeAt, section } from './air-quality-box.ts';
import { airQualityFiles, type Hour, readHours } from './air-quality-data.ts';
import { testFromMs, weeklyFigures } from './air-quality-weekly.ts';
import { deliver } from './deliver.ts';
import { agreement, type Figure, printed } from './figures.ts';
import { benchBus, benchClock } from './i2c-bench.ts';

const trainMs = 28 * 86_400_000;
type Row = readonly number[];

/** Absolute humidity as the gas daemon derives it, for the fit done directly on the file. */
const direct = (hour: Hour): Row | null => {
  const { temperatureC: t, relativePercent: rh } = hour;
  if (t === null || rh === null || hour.mox.some((value) => value === null)) return null;
  const ah = (216.7 * (rh / 100) * 6.112 * Math.exp((17.62 * t) / (243.12 + t))) / (273.15 + t);
  return [...hour.mox.map((value) => value ?? 0), t, rh, ah];
};

/** Reads every hour through the real drivers; a part whose value is missing in the file does not answer. */
async function readThroughDrivers(hours: readonly Hour[]): Promise<Reading[][]> {
  const clock = benchClock(hours[0]?.atMs ?? 0);
  let now: Hour | undefined;
  const whenThere = (value: number | null | undefined, part: ReturnType<typeof simulatedAds1115>) => ({
    write: (bytes: Uint8Array, ms: number) => value !== null && part.write(bytes, ms),
    read: (length: number, ms: number) => (value === null ? null : part.read(length, ms)),
  });
  const parts = new Map([
    [0x48, simulatedAds1115((channel) => now?.mox[channel] ?? 0)],
    [0x49, simulatedAds1115(() => now?.mox[4] ?? 0)],
    [
      0x44,
      simulatedSht4x(() => ({ temperatureC: now?.temperatureC ?? 0, relativePercent: now?.relativePercent ?? 0 })),
    ],
  ]);
  const presence = new Map<number, (hour: Hour) => number | null>([
    [0x48, (hour) => (hour.mox.slice(0, 4).includes(null) ? null : 1)],
    [0x49, (hour) => hour.mox[4] ?? null],
    [0x44, (hour) => (hour.relativePercent === null ? null : hour.temperatureC)],
  ]);
  const live = new Map<number, ReturnType<typeof whenThere>>();
  const bus = benchBus(live, clock);
  for (const [address, part] of parts) live.set(address, part);
  const drivers = new Map<string, Driver>();
  for (const one of board.sensors)
    drivers.set(one.id, await driverOf(one.part, one.id).bind(one.id, one.options).open(bus, clock));

  const all: Reading[][] = [];
  for (const hour of hours) {
    now = hour;
    clock.setMs(hour.atMs);
    for (const [address, part] of parts) live.set(address, whenThere(presence.get(address)?.(hour), part));
    const at = { ...clock.now(), wallMs: hour.atMs };
    all.push((await Promise.all([...drivers].map(([sensor, driver]) => readOrGap(sensor, driver, at)))).flat());
  }
  return all;
}

async function readOrGap(sensor: string, driver: Driver, at: Stamp): Promise<Reading[]> {
  const units = new Map(driver.channels.map(({ name, unit }) => [name, unit]));
  try {
    return (await driver.read()).map((sample) => ({ sensor, at, ...sample, unit: units.get(sample.channel) ?? '' }));
  } catch (error) {
    if (!isFault(error)) throw error;
    return driver.channels.map(({ name, unit }) => ({ sensor, channel: name, at, value: null, unit, flags: ['nack'] }));
  }
}

/** The channels of one hour's readings, in the order of the fit; null where one is missing. */
function rowOf(batch: readonly Reading[]): Row | null {
  const value = (key: string): number | null =>
    batch.find((one) => `${one.sensor}/${one.channel}` === key)?.value ?? null;
  const mox = channels.slice(0, 5).map(value);
  const [t, rh] = [value('air/temperature'), value('air/humidity')];
  return direct({ atMs: 0, mox, temperatureC: t, relativePercent: rh, co: null, nox: null });
}

function calibration(quantity: 'co' | 'nox', hours: readonly Hour[], rows: readonly (Row | null)[]): Adjustment {
  const endMs = (hours[0]?.atMs ?? 0) + trainMs;
  const used = hours.flatMap((hour, i) => {
    const row = rows[i];
    return hour.atMs < endMs && row && hour[quantity] !== null ? [{ row, truth: hour[quantity] ?? 0 }] : [];
  });
  return {
    record: 'adjustment',
    version: 2,
    id: `co-location-${quantity}`,
    sensor: 'mox-a',
    serial: 'UCI-A',
    quantity,
    unit: quantity === 'co' ? 'mg/m3' : 'ppb',
    atMs: endMs,
    validUntilMs: Number.MAX_SAFE_INTEGER,
    fit: fitLinear(
      channels,
      used.map((one) => one.row),
      used.map((one) => one.truth),
    ),
    method: 'co-location',
    conditions: null,
    points: [],
    gases: [],
    asFound: [],
    asLeft: [],
    levels: used.length,
    by: 'evaluation',
    replaces: null,
    seal: null,
  };
}

/** Rows that came through the drivers, beside what the reference said in that hour. */
const besideOf = (quantity: 'co' | 'nox', hours: readonly Hour[], rows: readonly (Row | null)[]): Beside[] =>
  hours.flatMap(({ atMs, [quantity]: reference }, i) => {
    const row = rows[i];
    return row && reference !== null ? [{ atMs, row, reference }] : [];
  });

/** What the line itself measured in each hour, for one quantity. */
const measuredValue = (measurements: readonly Measurement[], quantity: string): number | null =>
  measurements.find((one) => one.quantity === quantity)?.value ?? null;

const predict = ({ fit }: Adjustment, row: Row): number =>
  fit.terms.reduce((sum, term, i) => sum + term.coefficient * (row[i] ?? 0), fit.intercept);

/** Runs of hours in which the reference is at or above the line; a missing reference neither begins nor ends one. */
function referenceEpisodes(hours: readonly Hour[]): { fromMs: number; toMs: number }[] {
  const found: { fromMs: number; toMs: number }[] = [];
  let open: { fromMs: number; toMs: number } | null = null;
  for (const { atMs, co } of hours) {
    if (co === null) continue;
    if (co < episodeAt) open = null;
    else if (open) open.toMs = atMs;
    else {
      open = { fromMs: atMs, toMs: atMs };
      found.push(open);
    }
  }
  return found;
}

function spansOf(alerts: readonly Alert[]): { fromMs: number; toMs: number }[] {
  return [...Map.groupBy(alerts, (one) => one.id).values()].map((life) => ({
    fromMs: life[0]?.at.wallMs ?? 0,
    toMs: life.at(-1)?.at.wallMs ?? 0,
  }));
}

const overlap = (a: { fromMs: number; toMs: number }, b: { fromMs: number; toMs: number }): boolean =>
  a.fromMs <= b.toMs && b.fromMs <= a.toMs;

/** Every file of the folder is a post of its own; where there are several, each figure's note begins with its file. */
export async function evaluateAirQuality(data: string): Promise<readonly Figure[]> {
  const files = airQualityFiles(data);
  const figures: Figure[] = [];
  for (const file of files) {
    const named = files.length === 1 ? '' : `${path.basename(file)}: `;
    for (const one of await evaluateFile(file)) figures.push({ ...one, note: `${named}${one.note}` });
  }
  return figures;
}

async function evaluateFile(file: string): Promise<readonly Figure[]> {
  const hours = readHours(file);
  const lastMs = hours.at(-1)?.atMs ?? 0;
  if (!hours.some((hour) => hour.co !== null && hour.atMs >= (hours[0]?.atMs ?? 0) + testFromMs))
    throw new Fault(
      'config',
      `${file}: ${hours.length} hours to ${new Date(lastMs).toISOString()}; needs reference values later than day 90, for that is what is tested`,
    );
  const batches = await readThroughDrivers(hours);
  const rows = batches.map(rowOf);
  const records = { co: calibration('co', hours, rows), nox: calibration('nox', hours, rows) };
  const onFile = { co: calibration('co', hours, hours.map(direct)), nox: calibration('nox', hours, hours.map(direct)) };
  const { conversions } = plan(board, new Map(), {
    inForce: (_sensor, _serial, quantity) => records[quantity as 'co' | 'nox'] ?? null,
  });

  const folder = await mkdtemp(path.join(os.tmpdir(), 'fieldpost-evaluate-'));
  const spool = await openSpool({ path: path.join(folder, 'gas.db'), device: 'post-1', telemetryHoldMs: 10_000 });
  const line = gasLine({ device: 'post-1', where: null, section, board, conversions, model: null });
  let state = line.fresh();
  const measured: (readonly Measurement[])[] = [];
  const alerts: Alert[] = [];
  const afterTrainingMs = (hours[0]?.atMs ?? 0) + trainMs;
  for (const [i, batch] of batches.entries()) {
    const step = line.advance(state, batch);
    state = step.state;
    measured.push(step.measurements);
    if ((hours[i]?.atMs ?? 0) < afterTrainingMs) continue;
    alerts.push(...step.finding.alerts);
    await spool.append([
      ...step.finding.telemetry,
      ...step.finding.alerts.map((body) => ({ stream: 'alert' as const, at: body.at, body })),
    ]);
  }
  await spool.close();

  const figures: Figure[] = [];
  for (const quantity of ['co', 'nox'] as const) {
    const tested = hours.flatMap((hour, i) =>
      hour.atMs >= afterTrainingMs && hour[quantity] !== null
        ? [{ hour, truth: hour[quantity] ?? 0, value: measuredValue(measured[i] ?? [], quantity), file: direct(hour) }]
        : [],
    );
    const ours = agreement(tested.flatMap(({ truth, value }) => (value === null ? [] : [[value, truth] as const])));
    const theirs = agreement(
      tested.flatMap(({ truth, file }) => (file ? [[predict(onFile[quantity], file), truth] as const] : [])),
    );
    const unit = quantity === 'co' ? 'mg/m3' : 'ppb';
    const same = (a: number, b: number): boolean => Math.abs(a - b) <= 0.01 * Math.max(Math.abs(b), 1e-9);
    figures.push(
      {
        ...printed(`air.${quantity}.mae`, ours.mae, unit, 'through the drivers; baseline: the same fit on the file'),
        baseline: theirs.mae,
        ratio: ours.mae / theirs.mae,
        reach: 'within 1 % of the fit on the file',
        ok: same(ours.mae, theirs.mae),
      },
      {
        ...printed(`air.${quantity}.r2`, ours.r2, '1', 'static fit on the first 28 days, all later hours'),
        baseline: theirs.r2,
        ratio: ours.r2 / theirs.r2,
        reach: 'within 0.01 of the fit on the file',
        ok: Math.abs(ours.r2 - theirs.r2) <= 0.01,
      },
    );
  }
  const startMs = hours[0]?.atMs ?? 0;
  for (const weekly of [
    { quantity: 'co', unit: 'mg/m3', reach: 0.87 },
    { quantity: 'nox', unit: 'ppb', reach: 0.9 },
  ] as const)
    figures.push(...weeklyFigures(weekly, startMs, besideOf(weekly.quantity, hours, rows)));
  const spans = spansOf(alerts);
  const truth = referenceEpisodes(hours.filter((hour) => hour.atMs >= afterTrainingMs));
  const right = spans.filter((one) => truth.some((other) => overlap(one, other))).length;
  const caught = truth.filter((one) => spans.some((other) => overlap(one, other))).length;
  figures.push(
    printed(
      'air.alerts.precision',
      right / spans.length,
      '1',
      `${spans.length} alerts; an episode is a run of hours with reference CO >= ${episodeAt} mg/m3`,
    ),
    printed('air.alerts.recall', caught / truth.length, '1', `${truth.length} episodes`),
    ...(await deliver(folder, new Set(alerts.map((one) => one.id)))),
  );
  await rm(folder, { recursive: true, force: true });
  return figures;
}
