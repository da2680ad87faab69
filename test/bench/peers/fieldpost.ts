/** The box: the real gas and uplink daemons, out of the packaged executable, with the settings of their systemd unit and a durable spool. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openCalibrations } from '../../../daemons/core/adapters/calibrations.lowdb.ts';
import { fitTwoPoint } from '../../../daemons/gas/fit.ts';
import { adjustmentOf } from '../../support/calibration-records.ts';
import { unitEnvironment } from '../../support/unit-environment.ts';
import type { Wires } from './contestants.ts';
import { type Launched, launch } from './launch.ts';
import { gain, offset, threshold } from './stream.ts';

export const site = 'bench';
export const device = 'fieldpost';

/** What of the profile differs between runs: ms between looks, values in a telemetry envelope, how long telemetry may wait for the disk. */
export interface Setting {
  readonly samplePeriodMs: number;
  readonly batch: number;
  readonly holdMs: number;
}

/** What every shipped profile has, of which each says nothing but the time between looks. A look takes all that was said since the last. */
export const usual: Setting = { samplePeriodMs: 250, batch: 200, holdMs: 10_000 };
/** For an instrument that says thousands of lines a second. */
export const fast: Setting = { samplePeriodMs: 20, batch: 2000, holdMs: 1000 };
/** Nothing that was read may be lost to a kill: each reading is on the disk before the line goes on. */
export const sure: Setting = { samplePeriodMs: 20, batch: 1, holdMs: 0 };

export interface FieldpostLaid {
  /** What runs a verb. */
  readonly fieldpost: readonly string[];
  readonly folder: string;
  readonly wires: Wires;
  readonly setting: Setting;
}

const board = ({ source }: Wires) => ({
  board: 'bench',
  simulated: true,
  ports: { serial: { line: { tcp: `127.0.0.1:${source}` } } },
  sensors: [
    {
      id: 'analyzer',
      part: 'ascii-line',
      serial: 'P-1',
      port: 'line',
      options: {
        pattern: 'a,{a}',
        take: 'every',
        timeoutMs: 60_000,
        channels: [{ name: 'a', unit: 'ppm', range: [-5, 500], resolution: 0.0001 }],
      },
    },
  ],
  quantities: [{ quantity: 'a', unit: 'ppm', channel: 'analyzer/a' }],
});

const profile = ({ broker }: Wires, { samplePeriodMs, batch, holdMs }: Setting) => ({
  profile: 'bench',
  gas: {
    samplePeriodMs,
    telemetry: { batch, holdMs },
    rules: [
      {
        kind: 'gas',
        family: 'evidence',
        severity: 'warning',
        score: { quantity: 'a' },
        ...threshold,
        raiseAfter: 10,
        clearAfter: 10,
      },
    ],
  },
  uplink: { brokers: [`mqtt://127.0.0.1:${broker}`], historyPerS: 1000 },
});

/** The same straight line as everybody's, as a record that a technician would have made. */
async function layCalibration(state: string): Promise<void> {
  const calibrations = await openCalibrations(path.join(state, 'calibrations.json'));
  const at = (read: number) => ({ applied: gain * read + offset, uApplied: 0.1, read, uRead: 0.01 });
  await calibrations.add(
    adjustmentOf('bench-a', {
      ...{ sensor: 'analyzer', serial: 'P-1', quantity: 'a', atMs: 0, validUntilMs: Number.MAX_SAFE_INTEGER },
      ...{ fit: fitTwoPoint('analyzer/a', at(10), at(80)), points: [], asLeft: [], by: 'bench' },
    }),
  );
}

export async function layFieldpost({ fieldpost, folder, wires, setting }: FieldpostLaid): Promise<readonly Launched[]> {
  const [config, state] = [path.join(folder, 'config'), path.join(folder, 'state')];
  mkdirSync(path.join(state, 'spool'), { recursive: true });
  const files = {
    [`devices/${device}`]: { device, site, board: 'bench', profile: 'bench' },
    'boards/bench': board(wires),
    'profiles/bench': profile(wires, setting),
  };
  for (const [name, value] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(config, name)), { recursive: true });
    writeFileSync(path.join(config, `${name}.yaml`), JSON.stringify(value));
  }
  await layCalibration(state);
  const profileTo = process.env.FIELDPOST_BENCH_PROFILE;
  const profiled = profileTo ? ` --cpu-prof --cpu-prof-dir=${profileTo}` : '';
  return ['gas', 'uplink'].map((daemon) => {
    const unit = unitEnvironment(daemon);
    const env = { ...unit, NODE_OPTIONS: `${unit.NODE_OPTIONS ?? ''}${profiled}` };
    return launch([...fieldpost, daemon, '--config', config, '--device', device, '--state', state], env);
  });
}
