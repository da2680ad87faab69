/** From a picture to its alert on the disk: the camera daemon as a process, with the shipped detector, at several rates. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { stringify } from 'yaml';
import { bootId, systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { serveFeed } from '../../daemons/core/adapters/feed.unix.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import { openSpoolReader } from '../../daemons/core/adapters/spool.sqlite.ts';
import { turnOf } from '../../daemons/core/feed/turn.ts';
import type { BoxEvent, Envelope } from '../../daemons/core/values/envelope.ts';
import { flightFrame } from '../../daemons/tools/evaluate/aerial-scenes.ts';
import { printed } from '../../daemons/tools/evaluate/figures.ts';
import { fieldpost } from '../support/fieldpost.ts';
import type { Figure } from './figure.ts';

const root = path.join(import.meta.dirname, '../..');
const shipped = path.join(root, 'models/crop-plot');
/** Pictures that are offered at each rate, a second of them not counted while the daemon warms up. */
const secondsEach = 20;
const rates = [1, 2, 5, 10] as const;
const heightM = 40;
const gsdM = 0.05;
/** A picture's stamp lies so far before its arrival: in the middle of the three pictures that rpicam-vid may hold. */
const stampedBeforeMs = (rate: number): number => 1500 / rate;

interface Laid {
  readonly folder: string;
  readonly args: readonly string[];
  readonly feed: string;
}

/** One figure a rate: p50 in ms, and in the note p99 and the share of pictures that the source left out. */
export async function cameraLatency(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const rate of rates) figures.push(await atRate(rate));
  return figures;
}

async function atRate(rate: number): Promise<Figure> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-bench-'));
  try {
    const laid = await lay(folder, rate);
    const untell = await hover(laid.feed);
    const child = spawn(process.execPath, [path.join(root, 'daemons/main.ts'), ...laid.args], {
      env: { ...process.env, PATH: `${path.join(folder, 'bin')}:${process.env.PATH}` },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    try {
      const waits = (await watched(path.join(folder, 'state/spool/camera.db'), child)).map(
        (ms) => ms - stampedBeforeMs(rate),
      );
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('close', resolve));
      return figureOf(rate, waits, await countsOf(path.join(folder, 'state/spool/camera.db')));
    } finally {
      child.kill('SIGKILL');
      await untell();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function figureOf(rate: number, waits: readonly number[], { frames, dropped }: Counted): Figure {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (q: number): number | null => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
  const p99 = at(0.99);
  const share = dropped / Math.max(1, frames + dropped);
  return printed(
    `camera.latency.${rate}`,
    at(0.5),
    'ms',
    `p99 ${p99 === null ? 'none' : p99.toFixed(0)} ms, ${sorted.length} pictures with a plot (rendered, 880 by 660, ${rate}/s), from arrival to the commit that holds sightings and alert, looked for each 5 ms; ${dropped} of ${frames + dropped} pictures dropped (${share.toFixed(2)}) for newer ones; simulated`,
  );
}

async function lay(folder: string, rate: number): Promise<Laid> {
  const at = (name: string): string => path.join(folder, name);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(at('key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  cpSync(shipped, at('model'), { recursive: true, filter: (file) => !file.startsWith(path.join(shipped, 'train')) });
  const signed = await fieldpost(['camera', 'sign', at('model'), '--key', at('key.pem')]);
  if (signed.code !== 0) throw new Error(signed.err);
  const size = await layCamera(folder);
  const card = JSON.parse(readFileSync(at('model/card.json'), 'utf8')) as {
    readonly purpose: string;
    readonly labels: readonly { readonly name: string }[];
  };
  const put = (kind: string, name: string, value: unknown): void => {
    mkdirSync(at(`config/${kind}`), { recursive: true });
    writeFileSync(at(`config/${kind}/${name}.yaml`), stringify(value));
  };
  put('devices', 'air-1', { device: 'air-1', site: 'bench', board: 'air', profile: 'plots' });
  const focal = heightM / gsdM;
  put('boards', 'air', {
    ...{ board: 'air', simulated: true, ports: {}, sensors: [] },
    cameras: [
      {
        id: 'down',
        source: { kind: 'rpicam', ...size, perSecond: rate },
        lens: { ...size, fx: focal, fy: focal, cx: size.width / 2, cy: size.height / 2 },
        mount: { on: 'body', pitchDeg: -90 },
      },
    ],
  });
  const signers = [publicKey.export({ type: 'spki', format: 'pem' })];
  const rule = { kind: 'crop-plot', severity: 'warning', on: 0.5, raise: 0.7, off: 0.3, minLooks: 3 };
  put('profiles', 'plots', {
    profile: 'plots',
    camera: {
      camera: 'down',
      model: {
        folder: path.relative(path.join(root, 'models'), at('model')),
        ...{ purpose: card.purpose, labels: card.labels.map(({ name }) => name), signers },
      },
      rules: [{ label: 'crop-plot', ...rule }],
    },
  });
  mkdirSync(at('state/spool'), { recursive: true });
  const feed = at('feed.sock');
  const args = ['camera', '--config', at('config'), '--device', 'air-1', '--state', at('state'), '--feed', feed];
  return { folder, args, feed };
}

/** A stand-in for rpicam-vid that says pictures of one plot at the rate that it is asked for, no two alike. */
async function layCamera(folder: string): Promise<{ readonly width: number; readonly height: number }> {
  const pictures = await openPictures();
  const { picture } = flightFrame({ seed: 4, season: 'summer', gsdM });
  const frames = Array.from({ length: 8 }, (_, n) => {
    const rgb = picture.rgb.map((value, i) => value + ((i * 7 + n * 13) % 5));
    return Buffer.from(pictures.encodeJpeg({ ...picture, rgb }, 90));
  });
  mkdirSync(path.join(folder, 'bin'));
  const file = path.join(folder, 'bin/frames.json');
  writeFileSync(file, JSON.stringify(frames.map((one) => one.toString('base64'))));
  const program = `#!${process.execPath}
const frames = JSON.parse(require('node:fs').readFileSync(${JSON.stringify(file)}, 'utf8')).map((one) => Buffer.from(one, 'base64'));
const rate = Number(process.argv[process.argv.indexOf('--framerate') + 1]);
let n = 0;
setInterval(() => process.stdout.write(frames[n++ % frames.length]), 1000 / rate);
`;
  writeFileSync(path.join(folder, 'bin/rpicam-vid'), program, { mode: 0o755 });
  return { width: picture.width, height: picture.height };
}

/** A drone that hovers, nose to the north. */
async function hover(feed: string): Promise<() => Promise<void>> {
  const served = await serveFeed(feed);
  const [clock, boot, q] = [systemClock(), bootId(), turnOf(0, 0, 0)];
  const tell = setInterval(() => {
    const { monoNs } = clock.now();
    const place = { lat: 44.51, lon: 73.42, altM: 900, aboveHomeM: heightM, velocity: null };
    served.tell({ boot, kind: 'position', segment: 0, monoNs, ...place, uHorizontalM: 2, uVerticalM: 3 });
    served.tell({ boot, kind: 'attitude', segment: 0, monoNs, q, uDeg: 1 });
  }, 20);
  return async () => {
    clearInterval(tell);
    await served.close();
  };
}

/** Milliseconds from each picture's stamp to when its sightings are found on the disk. */
async function watched(spool: string, child: ChildProcess): Promise<readonly number[]> {
  const clock = systemClock();
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const waits: number[] = [];
  let [seq, beganNs] = [0, 0];
  while (beganNs === 0 || clock.now().monoNs - beganNs < secondsEach * 1e9) {
    if (child.exitCode !== null) throw new Error(`the camera daemon ended with ${child.exitCode}`);
    await sleep(5);
    const reader = await openSpoolReader(spool).catch(() => null);
    if (!reader) continue;
    const found = await reader.peek('event', seq, 100).finally(() => reader.close());
    const nowNs = clock.now().monoNs;
    for (const { text, seq: of } of found) {
      seq = Math.max(seq, of);
      const body = (JSON.parse(text) as Envelope).body as BoxEvent;
      if (body.type !== 'sightings') continue;
      if (beganNs === 0) beganNs = nowNs;
      else if (body.at.monoNs - beganNs > 1e9) waits.push((nowNs - body.at.monoNs) / 1e6);
    }
  }
  return waits;
}

interface Counted {
  readonly frames: number;
  readonly dropped: number;
}

async function countsOf(spool: string): Promise<Counted> {
  const reader = await openSpoolReader(spool);
  const all = await reader.peek('event', 0, 100_000).finally(() => reader.close());
  const bodies = all.map(({ text }) => (JSON.parse(text) as Envelope).body as BoxEvent);
  const sum = (key: keyof Counted): number =>
    bodies.filter(({ type }) => type === 'health').reduce((n, { detail }) => n + Number(detail[key]), 0);
  return { frames: sum('frames'), dropped: sum('dropped') };
}
