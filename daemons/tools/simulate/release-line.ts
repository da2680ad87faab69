/** The gas line of the simulated post of the release scene, without its processes: what it says of a release, faster than time. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openCalibrations } from '../../core/adapters/calibrations.lowdb.ts';
import { loadBox } from '../../core/config/box.ts';
import { parseValue } from '../../core/config/parse.ts';
import type { ActiveModel } from '../../core/model/activate.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { Reading } from '../../core/values/reading.ts';
import { gasSection } from '../../gas/config.ts';
import { plan } from '../../gas/conversions.ts';
import { loadModel } from '../../gas/daemon.ts';
import { driverOf } from '../../gas/drivers.ts';
import { type GasLine, gasLine } from '../../gas/line.ts';
import { laySite, posts } from './site.ts';

const root = path.join(import.meta.dirname, '../../..');

export interface ReleaseLine {
  readonly line: GasLine;
  readonly where: { readonly lat: number; readonly lon: number };
  close(): Promise<void>;
}

/** The files of the post of the release scene, whose instruments and broker nobody will ask. */
export function layRelease(folder: string): ReturnType<typeof laySite> {
  const nowhere = { tcp: '127.0.0.1:9' };
  const addresses = { main: nowhere, analyzer: nowhere, pid: nowhere, wind: nowhere };
  const configs = path.join(root, 'firmware-configs');
  return laySite(folder, configs, addresses, 'mqtt://127.0.0.1:9', posts.release);
}

/** Lays the same line as the daemon does, from the same files; nothing of it is kept. */
export async function openReleaseLine(): Promise<ReleaseLine> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'fieldpost-release-'));
  const site = await layRelease(folder);
  const { board, device, profile, files } = loadBox(site.config, posts.release.device);
  const section = parseValue(`${files.profile} gas`, profile.gas ?? {}, gasSection);
  const calibrations = await openCalibrations(path.join(site.state, 'calibrations.json'));
  await rm(folder, { recursive: true });
  const drivers = new Map(
    board.sensors.map(({ id, part, options }) => [
      id,
      { channels: driverOf(part, id).bind(id, options).channels, read: () => Promise.resolve([]) },
    ]),
  );
  const { conversions } = plan(board, drivers, calibrations);
  const model: ActiveModel | null = await loadModel(section, board, path.join(root, 'models'));
  const where = { lat: 0, lon: 0, ceM: 0, ...device.where, source: 'surveyed' } as const;
  const line = gasLine({ device: device.device, where, section, board, conversions, model });
  return { line, where, close: async () => model?.close() };
}

/** Every alert that the line gives on these readings, from a fresh start. */
export function alertsOn(line: GasLine, readings: Iterable<readonly Reading[]>): readonly Alert[] {
  const alerts: Alert[] = [];
  let state = line.fresh();
  for (const batch of readings) {
    const step = line.advance(state, batch);
    state = step.state;
    alerts.push(...step.finding.alerts);
  }
  return alerts;
}
