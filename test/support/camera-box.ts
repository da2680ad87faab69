/** A box with the real camera daemon as a process, on a folder of small pictures and a feed that the test tells. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { stringify } from 'yaml';
import { bootId, systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { serveFeed } from '../../daemons/core/adapters/feed.unix.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import { openSpoolReader } from '../../daemons/core/adapters/spool.sqlite.ts';
import { turnOf } from '../../daemons/core/feed/turn.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { BoxEvent, Envelope } from '../../daemons/core/values/envelope.ts';
import type { Picture } from '../../daemons/core/values/frame.ts';
import { fieldpost, type Ran, startFieldpost } from './fieldpost.ts';
import { blue, green, painted, signingKey, visionFolder } from './vision-model.ts';

const root = path.join(import.meta.dirname, '../..');
export const home = { lat: 44.51, lon: 73.42, aboveM: 100 } as const;
/** 60 pixels of focal length: from 100 m a pixel is 1.67 m. */
export const small = { width: 64, height: 48, fx: 60, fy: 60, cx: 32, cy: 24 } as const;
export const pictures = await openPictures();

/** A green patch of 16 by 12 pixels on blue, right of the middle and ahead of it; `n` makes it differ a little from the others. */
export const patch = [40, 10, 56, 22] as const;
export function plotPicture(n: number): Picture {
  const picture = painted(small.width, small.height, blue, [{ box: patch, colour: green }]);
  for (let i = 0; i < picture.rgb.length; i++) picture.rgb[i] = (picture.rgb[i] ?? 0) + ((i * 7 + n * 13) % 11);
  return picture;
}

export interface CameraBox {
  readonly state: string;
  /** Runs the daemon until the folder of pictures is at its end. */
  run(files: Readonly<Record<string, Uint8Array>>): Promise<Ran>;
  /** Starts it, to be ended before the folder is; it ends with the test in any case. */
  start(files: Readonly<Record<string, Uint8Array>>): { end(): Promise<Ran> };
  kept(): Promise<{ readonly alerts: readonly Alert[]; readonly events: readonly BoxEvent[] }>;
}

export interface CameraBoxOptions {
  /** Whether a drone that hovers over `home`, nose to the north, tells its pose. */
  readonly isTold?: boolean;
  /** How the drone hangs, and how old its pose is when it is told. */
  readonly pose?: { readonly rollDeg?: number; readonly ageMs?: number };
  /** What of the profile's section is different. */
  readonly section?: Readonly<Record<string, unknown>>;
  readonly model?: Parameters<typeof visionFolder>[2];
}

export async function cameraBox(t: ExecutionContext, options: CameraBoxOptions = {}): Promise<CameraBox> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-camera-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [config, state, feed] = ['config', 'state', 'feed.sock'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  const put = (kind: string, name: string, value: unknown): void => {
    mkdirSync(path.join(config, kind), { recursive: true });
    writeFileSync(path.join(config, kind, `${name}.yaml`), stringify(value));
  };
  const stills = path.join(folder, 'stills');
  put('devices', 'air-9', { device: 'air-9', site: 'test', board: 'air', profile: 'plots' });
  put('boards', 'air', {
    ...{ board: 'air', simulated: true, ports: {}, sensors: [] },
    cameras: [
      {
        id: 'down',
        source: { kind: 'folder', folder: stills },
        lens: small,
        mount: { on: 'body', pitchDeg: -90 },
        u: { centrePx: 0.2, sightPx: 1 },
      },
    ],
  });
  put('profiles', 'plots', {
    profile: 'plots',
    camera: {
      camera: 'down',
      model: {
        // The verb takes models from the project's own folder.
        folder: path.relative(path.join(root, 'models'), visionFolder(folder, pictures, options.model)),
        ...{ purpose: 'testing', labels: ['red', 'Green plot', 'blue'] },
        signers: [signingKey.publicKey.export({ type: 'spki', format: 'pem' })],
      },
      tiles: { ios: 0.1 },
      rules: [
        { label: 'Green plot', kind: 'crop-plot', severity: 'warning', on: 0.5, raise: 0.7, off: 0.3, minLooks: 3 },
      ],
      ...options.section,
    },
  });
  mkdirSync(path.join(state, 'spool'), { recursive: true });
  if (options.isTold !== false) {
    const served = await serveFeed(feed);
    const clock = systemClock();
    const boot = bootId();
    const { rollDeg = 0, ageMs = 0 } = options.pose ?? {};
    const q = turnOf((rollDeg * Math.PI) / 180, 0, 0);
    const tell = setInterval(() => {
      const monoNs = clock.now().monoNs - ageMs * 1e6;
      const place = { lat: home.lat, lon: home.lon, altM: 900, aboveHomeM: home.aboveM, velocity: null };
      served.tell({ boot, kind: 'position', segment: 0, monoNs, ...place, uHorizontalM: 2, uVerticalM: 3 });
      served.tell({ boot, kind: 'attitude', segment: 0, monoNs, q, uDeg: 1 });
    }, 20);
    t.teardown(async () => {
      clearInterval(tell);
      await served.close();
    });
  }
  const lay = (files: Readonly<Record<string, Uint8Array>>): readonly string[] => {
    rmSync(stills, { recursive: true, force: true });
    mkdirSync(stills);
    for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(stills, name), bytes);
    return ['camera', '--config', config, '--device', 'air-9', '--state', state, '--feed', feed];
  };
  return {
    state,
    run: (files) => fieldpost(lay(files)),
    start: (files) => {
      const { ran, kill } = startFieldpost(lay(files));
      t.teardown(() => kill('SIGKILL'));
      return {
        end: () => {
          kill('SIGTERM');
          return ran;
        },
      };
    },
    kept: async () => {
      const reader = await openSpoolReader(path.join(state, 'spool/camera.db'));
      const of = async (stream: 'alert' | 'event') =>
        (await reader.peek(stream, 0, 100_000)).map(({ text }) => (JSON.parse(text) as Envelope).body);
      const found = { alerts: (await of('alert')) as Alert[], events: (await of('event')) as BoxEvent[] };
      await reader.close();
      return found;
    },
  };
}
