import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { openCalibrations } from '../../core/adapters/calibrations.lowdb.ts';
import { openSigner } from '../../core/adapters/signer.pem.ts';
import { applyFit } from '../../core/calibration/apply.ts';
import { fitTwoPoint } from '../../gas/fit.ts';

/** Where each simulated instrument of a board listens, by the names of its ports. */
export interface Addresses {
  readonly main: { readonly tcp: string };
  readonly analyzer: { readonly tcp: string };
  readonly pid: { readonly tcp: string } | { readonly path: string };
  readonly module?: { readonly tcp: string };
  readonly wind?: { readonly tcp: string };
}

/** One of the simulated posts of `firmware-configs`. */
export interface Post {
  readonly device: string;
  readonly board: string;
  readonly profile: string;
}
export const posts = {
  programme: { device: 'post-1', board: 'sim-gas-8', profile: 'gas-vapour' },
  release: { device: 'post-2', board: 'sim-wind-8', profile: 'gas-plume' },
} as const satisfies Readonly<Record<string, Post>>;

export interface Site {
  readonly config: string;
  readonly state: string;
  readonly records: string;
}

/** What stands in the simulated van: enough for every procedure, one certificate that lapsed, one gas that metal oxides must not get. */
const bottle = { lot: 'SIM-7', certificate: 'SIMULATED', expires: '2099-12-31', balance: 'synthetic air' } as const;
const pid = ['voc-isobutylene-equivalent'];
const ammonia = ['ammonia', 'ammonia-module'];
const gases = [
  { ...bottle, id: 'zero-air', gas: 'synthetic air', applied: 0, balance: undefined },
  { ...bottle, id: 'nitrogen', gas: 'nitrogen', applied: 0, balance: undefined },
  { ...bottle, id: 'nh3-25', gas: 'ammonia', applied: 25, uPercent: 4, for: ammonia },
  { ...bottle, id: 'nh3-10', gas: 'ammonia', applied: 10, uPercent: 4, for: ammonia },
  { ...bottle, id: 'nh3-old', gas: 'ammonia', applied: 25, uPercent: 4, for: ammonia, expires: '2020-01-31' },
  { ...bottle, id: 'ib-100', gas: 'isobutylene', applied: 100, uPercent: 2, for: pid },
  { ...bottle, id: 'ib-50', gas: 'isobutylene', applied: 50, uPercent: 2, for: pid },
];

const yearMs = 365 * 86_400_000;

/**
 * Lays a site's folder: the project's own configuration files with the addresses filled in, and the two calibration
 * records that a technician would have made. A folder that was used before keeps its state.
 */
export async function laySite(
  folder: string,
  configs: string,
  addresses: Addresses,
  broker: string,
  post: Post = posts.programme,
): Promise<Site> {
  const config = path.join(folder, 'config');
  const state = path.join(folder, 'box');
  await mkdir(path.join(state, 'spool'), { recursive: true });
  await cp(configs, config, { recursive: true });

  const { main, ...serial } = addresses;
  await edit(path.join(config, 'boards', `${post.board}.yaml`), (value) => ({
    ...value,
    ports: { i2c: { main }, serial },
  }));
  await edit(path.join(config, 'profiles', `${post.profile}.yaml`), (value) => ({
    ...value,
    uplink: { ...(value.uplink as Record<string, unknown>), brokers: [broker] },
  }));
  await identifyOnce(path.join(state, 'identity'));
  await calibrateOnce(state, post.device);
  await writeFile(path.join(state, 'gases.yaml'), stringify({ gases }));
  return { config, state, records: path.join(folder, 'ledger.db') };
}

async function edit(file: string, change: (value: Record<string, unknown>) => Record<string, unknown>): Promise<void> {
  await writeFile(file, stringify(change(parse(await readFile(file, 'utf8')) as Record<string, unknown>)));
}

/** A device key of its own, so that what the simulated box says is signed; no authority stands behind it. */
async function identifyOnce(folder: string): Promise<void> {
  const file = path.join(folder, 'device.key');
  if (existsSync(file)) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await chmod(file, 0o600);
}

/** What the simulated analyzers read on simulated gas: their zero and gain errors are in instrument.ts. */
async function calibrateOnce(state: string, device: string): Promise<void> {
  const { signer } = openSigner(path.join(state, 'identity', 'device.key'));
  const calibrations = await openCalibrations(path.join(state, 'calibrations.json'), { device, signer });
  const records = [
    {
      sensor: 'nh3',
      serial: 'SIM-0004',
      quantity: 'ammonia',
      channel: 'nh3/ammonia',
      gas: 'ammonia',
      applied: 25,
      zero: 0.4,
      span: 0.4 + 0.88 * 25,
    },
    {
      sensor: 'pid',
      serial: 'SIM-0005',
      quantity: 'voc-isobutylene-equivalent',
      channel: 'pid/voc',
      gas: 'isobutylene',
      applied: 100,
      zero: 0.3,
      span: 0.3 + 0.95 * 100,
    },
  ];
  const now = Date.now();
  for (const { sensor, serial, quantity, channel, gas, applied, zero, span } of records) {
    if (calibrations.inForce(sensor, serial, quantity)) continue;
    const points = [
      { applied: 0, uApplied: 0.01, read: zero, uRead: 0.03 },
      { applied, uApplied: 0.02 * applied, read: span, uRead: 0.03 },
    ] as const;
    const fit = fitTwoPoint(channel, points[0], points[1]);
    // A third gas, half as strong: without it the straight line would be an assumption, and every value marked so.
    const half = { applied: applied / 2, uApplied: 0.01 * applied, read: (zero + span) / 2, uRead: 0.03 };
    const { value: shown, u: uShown } = applyFit(fit, [half.read], [half.uRead]);
    const bottle = { lot: 'SIMULATED', certificate: 'SIMULATED', expiresMs: now + yearMs, humidity: 'dry' } as const;
    await calibrations.add({
      record: 'adjustment',
      version: 2,
      id: `${sensor}-${quantity}-simulated`,
      sensor,
      serial,
      quantity,
      unit: 'ppm',
      atMs: now,
      method: 'two-point',
      validUntilMs: now + yearMs,
      fit,
      points,
      gases: [
        { ...bottle, gas: 'synthetic air', uRelative: null, balance: null },
        { ...bottle, gas, uRelative: 0.02, balance: 'synthetic air' },
      ],
      conditions: { temperatureC: 21, relativePercent: 0, pressureHpa: null, flowMlMin: 500 },
      asFound: [],
      asLeft: [{ ...half, shown, uShown }],
      levels: 2,
      by: 'simulated-technician',
      replaces: null,
    });
  }
}
