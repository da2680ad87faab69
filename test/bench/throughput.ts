/** Readings a CPU-second through the whole line of the gas daemon, beside a loop over lines of text that keeps nothing. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { openLiteRt } from '../../daemons/core/adapters/infer.litert.ts';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import { loadBox } from '../../daemons/core/config/box.ts';
import { type ActiveModel, activate } from '../../daemons/core/model/activate.ts';
import type { Adjustment } from '../../daemons/core/values/calibration.ts';
import type { Reading } from '../../daemons/core/values/reading.ts';
import type { Stamp } from '../../daemons/core/values/stamp.ts';
import { gasSection } from '../../daemons/gas/config.ts';
import { plan } from '../../daemons/gas/conversions.ts';
import { featureNames } from '../../daemons/gas/features.ts';
import { fitTwoPoint } from '../../daemons/gas/fit.ts';
import { gasLine } from '../../daemons/gas/line.ts';
import { printed } from '../../daemons/tools/evaluate/figures.ts';
import { abTurns, type Figure } from './figure.ts';

const root = path.join(import.meta.dirname, '../..');
const looks = 16_000;
/** Readings that one call of the line takes. */
const batchSize = 1000;

/** What `npm start` runs: the simulated board and its profile, with the shipped model. */
const box = loadBox(path.join(root, 'firmware-configs'), 'post-1');
const section = gasSection.parse(box.profile.gas);
const { board } = box;

/** Clean air with noise, and a vapour that passes now and then. */
function someReadings(): Reading[] {
  let state = 1;
  const noise = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const channels = board.array.map(({ channel }) => channel.split('/') as [string, string]);
  const readings: Reading[] = [];
  for (let look = 0; look < looks; look++) {
    const at: Stamp = {
      wallMs: 1_767_225_600_000 + look * section.samplePeriodMs,
      monoNs: look * section.samplePeriodMs * 1e6,
      boot: 'bench-boot',
      synced: true,
      uncertaintyMs: 5,
    };
    const plume = look % 4000 > 3800 ? 1 : 0;
    const put = (sensor: string, channel: string, value: number, unit: string): void =>
      void readings.push({ sensor, channel, at, value, unit, flags: [] });
    for (const [sensor, channel] of channels) put(sensor, channel, 900 + 600 * plume + 4 * noise(), 'mV');
    put('air', 'temperature', 21 + 0.02 * noise(), 'C');
    put('air', 'humidity', 45 + 0.1 * noise(), '%');
    put('nh3', 'ammonia', 0.4 + 20 * plume + 0.05 * noise(), 'ppm');
    put('pid', 'voc', 0.3 + 30 * plume + 0.05 * noise(), 'ppm');
  }
  return readings;
}

const calibration = (sensor: string, quantity: string): Adjustment => ({
  record: 'adjustment',
  version: 2,
  id: `${sensor}-bench`,
  sensor,
  serial: board.sensors.find((one) => one.id === sensor)?.serial ?? '',
  quantity,
  unit: 'ppm',
  atMs: 0,
  validUntilMs: Number.MAX_SAFE_INTEGER,
  fit: fitTwoPoint(
    board.quantities.find((one) => one.quantity === quantity)?.channel ?? '',
    { applied: 0, uApplied: 0.01, read: 0.4, uRead: 0.03 },
    { applied: 25, uApplied: 0.5, read: 22.4, uRead: 0.03 },
  ),
  points: [],
  gases: [],
  method: 'two-point',
  conditions: null,
  asFound: [],
  asLeft: [],
  levels: 2,
  by: 'bench',
  replaces: null,
  seal: null,
});

async function shippedModel(): Promise<ActiveModel> {
  if (!section.model) throw new Error('the shipped profile names no model');
  const { folder, purpose, labels } = section.model;
  const array = board.array.map(({ quantity, part }) => ({ quantity, part }));
  return activate({
    folder: path.join(root, 'models', folder),
    infer: await openLiteRt(),
    allow: { purpose, labels },
    box: {
      array,
      features: featureNames(array.map(({ quantity }) => quantity)),
      window: { samples: section.window.samples, periodMs: section.samplePeriodMs },
    },
  });
}

/** CPU seconds of this process, all its threads, that `work` takes. */
async function cpuSeconds(work: () => void | Promise<void>): Promise<number> {
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

export async function throughput(): Promise<readonly Figure[]> {
  const readings = someReadings();
  const batches: Reading[][] = [];
  for (let i = 0; i < readings.length; i += batchSize) batches.push(readings.slice(i, i + batchSize));
  const text = readings.map((one) => `${one.sensor}/${one.channel},${one.at.wallMs},${one.value}`).join('\n');
  const { conversions } = plan(board, new Map(), {
    inForce: (sensor, _serial, quantity) =>
      sensor === 'nh3' || sensor === 'pid' ? calibration(sensor, quantity) : null,
  });
  const model = await shippedModel();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-bench-'));
  let round = 0;
  let alerts = 0;

  const ours = async (): Promise<number> => {
    const spool = await openSpool({
      path: path.join(folder, `${round++}.db`),
      device: 'bench',
      telemetryHoldMs: section.telemetry.holdMs,
    });
    const line = gasLine({ device: 'bench', where: null, section, board, conversions, model });
    let state = line.fresh();
    const seconds = await cpuSeconds(async () => {
      for (const batch of batches) {
        const step = line.advance(state, batch);
        state = step.state;
        const { finding } = step;
        if (finding.telemetry.length === 0) continue;
        alerts += finding.alerts.length;
        await spool.append(
          [...finding.telemetry, ...finding.alerts.map((body) => ({ stream: 'alert' as const, at: body.at, body }))],
          { detect: state.detect, alert: state.alert, baseline: state.window.baseline },
        );
      }
      await spool.append(line.drain(state).telemetry);
      // Everything is on the disk before the time is taken.
      await spool.close();
    });
    return readings.length / seconds;
  };
  const theirs = async (): Promise<number> => {
    const kept: number[] = [];
    const seconds = await cpuSeconds(() => splitLoop(text, kept));
    return kept.length === 0 ? Number.NaN : readings.length / seconds;
  };
  await ours();
  await theirs();
  alerts = 0;
  const { a, b } = await abTurns(ours, theirs);
  const bytes = readFileSync(path.join(folder, '0.db')).length;
  rmSync(folder, { recursive: true });
  const note = `${readings.length} readings of the simulated board a round, ${Math.round(alerts / 7)} alert revisions, ${Math.round(bytes / 1000)} kB on disk; all threads of the process count`;
  return [
    {
      id: 'pipeline.throughput',
      value: a,
      unit: 'readings/CPU-s',
      baseline: b,
      ratio: a / b,
      reach: 'ratio >= 0.1',
      ok: a / b >= 0.1,
      note,
    },
    {
      ...printed('pipeline.cpu', 1e6 / a, 'CPU-s/million readings', 'baseline: the loop over lines'),
      baseline: 1e6 / b,
      ratio: b / a,
    },
  ];
}

/** What a script does: lines of text, a calibration, and the mean of ten of each channel. */
function splitLoop(text: string, kept: number[]): void {
  const sums = new Map<string, { n: number; sum: number }>();
  for (const line of text.split('\n')) {
    const [channel = '', , value] = line.split(',');
    const one = sums.get(channel) ?? { n: 0, sum: 0 };
    one.sum += 1.136 * Number(value) - 0.455;
    one.n += 1;
    if (one.n === 10) {
      kept.push(one.sum / 10);
      one.n = 0;
      one.sum = 0;
    }
    sums.set(channel, one);
  }
}
