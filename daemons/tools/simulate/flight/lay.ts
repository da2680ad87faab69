/** What a box needs that is to fly a simulated flight: its files, the truth to hold it against, and its pictures. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import type { FrameSourceSection } from '../../../core/config/camera.ts';
import { spotAt } from '../../../core/geo/local.ts';
import type { Label } from '../../../core/model/labels.ts';
import { Fault } from '../../../core/ports/fault.ts';
import { lens, mount, type SimulatedFlight } from './flight.ts';

export interface Laying {
  readonly flight: SimulatedFlight;
  readonly folder: string;
  readonly source: FrameSourceSection;
  /** From the models folder, and the public keys (PEM) of who may vouch for it. */
  readonly model: { readonly folder: string; readonly purpose: string; readonly labels: readonly Label[] };
  readonly signers: readonly string[];
  readonly brokers: readonly string[];
}

export const device = 'air-1';

/** Writes config/ and truth.geojson. */
export function layFlight({ flight, folder, source, model, signers, brokers }: Laying): void {
  const put = (kind: string, name: string, value: unknown): void => {
    mkdirSync(path.join(folder, 'config', kind), { recursive: true });
    writeFileSync(path.join(folder, 'config', kind, `${name}.yaml`), stringify(value));
  };
  put('devices', device, { device, site: 'simulated', board: 'air', profile: 'plots' });
  put('boards', 'air', {
    ...{ board: 'air', simulated: true, ports: {}, sensors: [] },
    cameras: [{ id: 'down', source, lens, mount: { on: 'body', ...mount } }],
  });
  put('profiles', 'plots', {
    profile: 'plots',
    camera: {
      camera: 'down',
      model: { ...model, labels: model.labels.map(({ name }) => name), signers },
      ground: { kind: 'flat', aboveSeaM: flight.aboveSeaM, uM: 1 },
      rules: model.labels
        .filter(({ role }) => role === 'target')
        .map(({ name: label }) => ({
          ...{ label, kind: 'crop-plot', severity: 'warning', on: 0.5, raise: 0.7, off: 0.3, minLooks: 3 },
        })),
    },
    uplink: { brokers, resendMs: 1000, reconnect: { firstMs: 100, mostMs: 5000 } },
  });
  writeFileSync(path.join(folder, 'truth.geojson'), `${JSON.stringify(truthOf(flight))}\n`);
}

/** Where plots were planted: as RFC 7946 has it, longitude first. */
function truthOf({ plots }: SimulatedFlight): unknown {
  const features = plots.map((plot, i) => {
    const { northM, eastM } = plot;
    const corners = (
      [
        [-1, -1],
        [-1, 1],
        [1, 1],
        [1, -1],
        [-1, -1],
      ] as const
    ).map(([n, e]) => {
      const { lat, lon } = spotAt(plot, [(n * northM) / 2, (e * eastM) / 2]);
      return [lon, lat];
    });
    const properties = { plot: i + 1, simulated: true, lat: plot.lat, lon: plot.lon, northM, eastM };
    return { type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [corners] } };
  });
  return { type: 'FeatureCollection', features };
}

/** One file a picture. */
export function writeStills(folder: string, count: number, jpeg: (index: number) => Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++) writeFileSync(path.join(folder, `${String(i).padStart(5, '0')}.jpg`), jpeg(i));
}

/** The pictures as they are in a Matroska file. Errors: Fault `config` when ffmpeg is not there or refuses them. */
export async function writeVideo(
  file: string,
  { count, perSecond }: { readonly count: number; readonly perSecond: number },
  jpeg: (index: number) => Uint8Array,
): Promise<void> {
  const input = ['-f', 'mjpeg', '-framerate', String(perSecond), '-i', '-'];
  const args = ['-hide_banner', '-loglevel', 'error', '-y', ...input, '-c:v', 'copy', `file:${path.resolve(file)}`];
  const child = spawn('ffmpeg', args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  child.stdin.on('error', () => {});
  const ended = new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(`ffmpeg cannot be started (${(error as NodeJS.ErrnoException).code})`));
    child.once('close', (code) => resolve(code === 0 ? null : `ffmpeg ended with code ${code}: ${said.trim()}`));
  });
  for (let i = 0; i < count && child.exitCode === null && child.pid !== undefined; i++)
    if (!child.stdin.write(jpeg(i))) await Promise.race([once(child.stdin, 'drain'), ended]);
  child.stdin.end();
  const wrong = await ended;
  if (wrong !== null) throw new Fault('config', `${file}: ${wrong}; without ffmpeg --stills writes files instead`);
}
