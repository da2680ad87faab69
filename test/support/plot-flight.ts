/**
 * A simulated flight over plots whose places are known, through real processes: rendered, its model signed as a user signs one,
 * flown by the camera daemon, and delivered over uplink, broker and ledger to the console.
 */
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { lookAt } from '../../daemons/camera/look.ts';
import { openLiteRt } from '../../daemons/core/adapters/infer.litert.ts';
import { openSpoolReader } from '../../daemons/core/adapters/spool.sqlite.ts';
import { loadVision } from '../../daemons/core/model/vision.ts';
import type { AlertRecord } from '../../daemons/core/ports/records.ts';
import { photographed } from '../../daemons/tools/simulate/aerial/camera.ts';
import { fromAbove } from '../../daemons/tools/simulate/flight/flight.ts';
import { fieldpost } from './fieldpost.ts';
import { freePorts, startProgram } from './process.ts';

const root = path.join(import.meta.dirname, '../..');
const main = path.join(root, 'daemons/main.ts');
const shipped = path.join(root, 'models/crop-plot');

export interface TruePlot {
  readonly lat: number;
  readonly lon: number;
}

export interface PlotFlight {
  readonly url: string;
  readonly plots: readonly TruePlot[];
  /** As the console's API gives them, when the flight is over and everything of it has come. */
  readonly alerts: readonly AlertRecord[];
}

export interface PlotFlightOptions {
  readonly log: string;
  readonly start: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Files in place of a video: no program is needed. */
  readonly stills: boolean;
}

const plots = 3;
/** What a sighting may be off the plot that it is of, m. */
const nearM = 9;

/**
 * A country of which the shipped model, asked from straight above, finds every plot and nothing else: what it misses and what
 * it takes for a plot is for `evaluate aerial` to say, and here the line is tried. Errors: when none of them is so.
 */
export async function clearSeed(seeds: readonly number[]): Promise<number> {
  const model = await loadVision({ folder: shipped, infer: await openLiteRt() });
  try {
    for (const seed of seeds) {
      const { picture, gsdM, optics, extents } = fromAbove({ seed, season: 'summer', plots });
      const shot = photographed({ ...picture, rgb: new Uint8ClampedArray(picture.rgb.buffer) }, optics);
      const { sightings } = await lookAt(shot, model, { gsdCm: 100 * gsdM, ios: 0.5 });
      const near = sightings.map(({ box }) => {
        const [x, y] = [((box.x0 + box.x1) / 2) * gsdM, ((box.y0 + box.y1) / 2) * gsdM];
        return extents.findIndex(({ x0, y0, x1, y1 }) => Math.hypot((x0 + x1) / 2 - x, (y0 + y1) / 2 - y) < nearM);
      });
      if (near.every((one) => one >= 0) && new Set(near).size === plots && near.length === plots) return seed;
    }
  } finally {
    await model.close();
  }
  throw new Error(`of none of the seeds ${seeds} does the model find every plot and nothing else: give it others`);
}

export async function plotFlight(t: ExecutionContext, options: PlotFlightOptions): Promise<PlotFlight> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-flight-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const at = (name: string): string => path.join(folder, name);
  const [mqtt = 0, http = 0] = await freePorts(2);
  const broker = `mqtt://127.0.0.1:${mqtt}`;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(at('key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(at('key.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  cpSync(shipped, at('model'), { recursive: true, filter: (file) => !file.startsWith(path.join(shipped, 'train')) });
  const verb = async (...args: string[]): Promise<void> => {
    const ran = await fieldpost(args);
    if (ran.code !== 0) throw new Error(`${args.join(' ')}: code ${ran.code}\n${ran.out}${ran.err}`);
  };
  const ended: string[] = [];
  const start = (name: string, ...args: string[]): void => {
    const program = startProgram(process.execPath, [main, name, ...args]);
    program.child.once('exit', () => ended.push(`${name}:\n${program.output()}`));
    t.teardown(() => program.end('SIGKILL'));
  };
  start('broker', '--port', String(mqtt));
  start('ledger', '--broker', broker, '--records', at('ledger.db'));
  start('console', '--records', at('ledger.db'), '--port', String(http), '--open');
  const seed = await clearSeed([6, 1, 2, 3, 5, 7, 8, 9, 10, 11, 12]);
  const ofLog = ['--start', String(options.start)];
  const box = ['--config', at('flight/config'), '--device', 'air-1', '--state', at('state')];
  await verb('camera', 'sign', at('model'), '--key', at('key.pem'));
  await verb(
    ...['camera', 'render', options.log, ...ofLog, '--out', at('flight'), '--seed', String(seed)],
    ...['--plots', String(plots), '--seconds', String(options.seconds), '--per-second', String(options.perSecond)],
    ...['--model', at('model'), '--signer', at('key.pub'), '--broker', broker, ...(options.stills ? ['--stills'] : [])],
  );

  const rate = options.stills ? ['--per-second', String(options.perSecond)] : [];
  await verb('camera', 'fly', ...box, '--log', options.log, ...ofLog, ...rate);
  // The uplink makes nothing of its own: what it finds in the spool is all that the camera kept.
  start('uplink', ...box);

  const url = `http://127.0.0.1:${http}`;
  const { features } = JSON.parse(readFileSync(at('flight/truth.geojson'), 'utf8')) as {
    readonly features: readonly { readonly properties: TruePlot }[];
  };
  const spool = path.join(at('state'), 'spool/camera.db');
  const isDelivered = async (): Promise<boolean> => {
    const reader = await openSpoolReader(spool);
    const { alert, event } = await reader.depth();
    await reader.close();
    return alert + event === 0;
  };
  while (!(await isDelivered()) || !(await alertsAt(url))) {
    if (ended.length > 0) throw new Error(`ended before it was there: ${ended.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { url, plots: features.map(({ properties }) => properties), alerts: (await alertsAt(url)) ?? [] };
}

async function alertsAt(url: string): Promise<readonly AlertRecord[] | null> {
  try {
    return ((await (await fetch(`${url}/api/state`)).json()) as { alerts: AlertRecord[] }).alerts;
  } catch {
    // The console is still starting, or it ended: the caller looks.
    return null;
  }
}
