/** A camera post for benches: the shipped detector, rendered pictures of one plot by a stand-in for rpicam-vid, a drone that hovers. */
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { stringify } from 'yaml';
import { bootId, systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { serveFeed } from '../../daemons/core/adapters/feed.unix.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import { turnOf } from '../../daemons/core/feed/turn.ts';
import type { Picture } from '../../daemons/core/values/frame.ts';
import { flightFrame } from '../../daemons/tools/evaluate/aerial-scenes.ts';
import { fieldpost } from '../support/fieldpost.ts';

const root = path.join(import.meta.dirname, '../..');
const shipped = path.join(root, 'models/crop-plot');
const heightM = 40;
const gsdM = 0.05;
/** Twelve megapixels, of a Raspberry Pi's HQ camera. */
const largePixels = { width: 4056, height: 3040 };

export interface CameraPost {
  readonly folder: string;
  readonly args: readonly string[];
  readonly feed: string;
}

interface CameraPostOptions {
  /** Pictures a second. */
  readonly rate: number;
  /** Where the program that runs it looks for models. */
  readonly models?: string;
  /** Of twelve megapixels: the same scene side by side. */
  readonly isLarge?: boolean;
}

/** Lays everything below `folder`; the stand-in for rpicam-vid lies in `folder/bin`. */
export async function layCameraPost(
  folder: string,
  { rate, models = path.join(root, 'models'), isLarge = false }: CameraPostOptions,
): Promise<CameraPost> {
  const at = (name: string): string => path.join(folder, name);
  mkdirSync(folder, { recursive: true });
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(at('key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  cpSync(shipped, at('model'), { recursive: true, filter: (file) => !file.startsWith(path.join(shipped, 'train')) });
  const signed = await fieldpost(['camera', 'sign', at('model'), '--key', at('key.pem')]);
  if (signed.code !== 0) throw new Error(signed.err);
  const size = await layCamera(folder, isLarge);
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
        folder: path.relative(models, at('model')),
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
async function layCamera(
  folder: string,
  isLarge: boolean,
): Promise<{ readonly width: number; readonly height: number }> {
  const pictures = await openPictures();
  const { picture: scene } = flightFrame({ seed: 4, season: 'summer', gsdM });
  const picture = isLarge ? beside(scene) : scene;
  const frames = Array.from({ length: isLarge ? 2 : 8 }, (_, n) => {
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
export async function hover(feed: string): Promise<() => Promise<void>> {
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

/** The same picture side by side, as twelve megapixels. */
function beside({ width, height, rgb }: Picture): Picture {
  const out = new Uint8Array(3 * largePixels.width * largePixels.height);
  for (let y = 0; y < largePixels.height; y++) {
    const row = rgb.subarray(3 * width * (y % height), 3 * width * ((y % height) + 1));
    for (let x = 0; x < largePixels.width; x += width)
      out.set(row.subarray(0, 3 * Math.min(width, largePixels.width - x)), 3 * (y * largePixels.width + x));
  }
  return { ...largePixels, rgb: out };
}
