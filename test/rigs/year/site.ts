/** A post and its centre for a year: instruments, Mosquitto with TLS and the renewal service, on the faked wall clock of this process. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { Addresses, Site } from '../../../daemons/tools/simulate/site.ts';
import { laySite } from '../../../daemons/tools/simulate/site.ts';
import { type Instrument, startInstrument } from '../../../daemons/tools/simulate/supervise.ts';
import { startMosquitto, type TlsBroker } from '../../support/mosquitto-tls.ts';
import { freePorts } from '../../support/process.ts';
import { type SitePki, sitePki } from '../../support/site-pki.ts';

const root = path.join(import.meta.dirname, '../../..');

/** Of a board file, what is changed here. */
interface Soldered {
  readonly ports: { readonly i2c: object; readonly serial: Readonly<Record<string, object>> };
  readonly sensors: readonly { readonly id: string }[];
  readonly quantities: readonly { readonly channel: string }[];
}

export interface YearSite {
  readonly site: Site;
  readonly ledgerIdentity: string;
  readonly enrol: { readonly authority: string; readonly identity: string; readonly port: number };
  readonly brokerUrl: string;
  /** The analyzer whose gas raises alerts. */
  readonly analyzer: Instrument;
  broker(wanted: boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * Lays everything under `folder`. The calibration of `laySite` holds for 365 days from now: whoever wants it to end earlier calls this
 * with the wall clock so much behind. `beatMs`: one period for all sensors.
 */
export async function openYearSite(folder: string, beatMs: number, worldStartMs: number): Promise<YearSite> {
  const world = { seed: 1, startMs: worldStartMs };
  const [bus, analyzer] = (await Promise.all(
    ['i2c-bus', 'modbus-tcp'].map((kind) => startInstrument(kind, world)),
  )) as [Instrument, Instrument];
  const [brokerPort = 0, enrolPort = 0] = await freePorts(2);
  const brokerUrl = `mqtts://localhost:${brokerPort}`;
  const addresses = { main: bus.address, analyzer: analyzer.address, pid: analyzer.address } as Addresses;
  const site = await laySite(folder, path.join(root, 'firmware-configs'), addresses, brokerUrl);
  edit(path.join(site.config, 'profiles/gas-vapour.yaml'), ({ gas, uplink, ...rest }) => {
    // What protects a crew counts seconds, and a model its windows: neither has a meaning at a look every quarter of an hour.
    const {
      safety: _,
      model: __,
      rules,
      ...slow
    } = gas as { rules: { score: unknown }[]; safety?: unknown; model?: unknown };
    const levels = rules.filter(({ score }) => score !== 'model');
    return {
      ...rest,
      gas: { ...slow, rules: levels, samplePeriodMs: beatMs, telemetry: { batch: 400, holdMs: 0 } },
      uplink: { ...(uplink as object), renewal: `https://localhost:${enrolPort}`, reconnect: { mostMs: 1000 } },
      // Short, so that months without a broker shed telemetry, and nothing else.
      spool: { tele: { megabytes: 1, days: 40 } },
    };
  });
  // An analyzer and the air: what a year wears out is not the number of sensors.
  const stays = (name: string): boolean => /^(air|nh3)(\/|$)/.test(name);
  edit(path.join(site.config, 'boards/sim-gas-8.yaml'), (board) => {
    const { ports, sensors, quantities, ...rest } = board as unknown as Soldered;
    return {
      ...rest,
      array: [],
      ports: { i2c: ports.i2c, serial: { analyzer: ports.serial.analyzer } },
      quantities: quantities.filter(({ channel }) => stays(channel)),
      // No two periods alike: see `beat` in run.ts.
      sensors: sensors.filter(({ id }) => stays(id)).map((one, i) => ({ ...one, periodMs: beatMs - i })),
    };
  });
  const pki: SitePki = await sitePki(path.join(folder, 'ca'));
  const wide = [-1000, 1000] as const;
  let running: TlsBroker | null = null;
  const server = await pki.server(path.join(folder, 'broker'), undefined, wide);
  return {
    site,
    ledgerIdentity: await pki.device(path.join(folder, 'ledger'), 'ledger', wide),
    enrol: {
      authority: pki.folder,
      identity: await pki.server(path.join(folder, 'enrol'), undefined, wide),
      port: enrolPort,
    },
    brokerUrl,
    analyzer,
    broker: async (wanted) => {
      if (wanted === (running !== null)) return;
      const before = running;
      running = null;
      await before?.stop();
      if (wanted) running = await startMosquitto(pki, server, { port: brokerPort });
    },
    close: async () => {
      await running?.stop();
      await Promise.all([bus.stop(), analyzer.stop()]);
    },
  };
}

/** The box's first certificate, from now on for so many days: the key that signs its records is there already. */
export async function certify({ site, enrol }: YearSite, days: number): Promise<void> {
  const { issue } = await import('../../../daemons/core/pki/issue.ts');
  const { parseKey } = await import('../../../daemons/core/pki/facts.ts');
  const identity = path.join(site.state, 'identity');
  const text = (file: string): string => readFileSync(file, 'utf8');
  const authority = {
    certificate: text(path.join(enrol.authority, 'ca.crt')),
    key: parseKey(text(path.join(enrol.authority, 'ca.key')), 'ca.key'),
  };
  const key = parseKey(text(path.join(identity, 'device.key')), 'device.key');
  const validity = { fromMs: Date.now() - 3_600_000, untilMs: Date.now() + days * 86_400_000 };
  writeFileSync(path.join(identity, 'device.crt'), await issue(authority, { name: 'post-1', key }, validity));
  if (!existsSync(path.join(identity, 'ca.crt'))) writeFileSync(path.join(identity, 'ca.crt'), authority.certificate);
}

function edit(file: string, change: (value: Record<string, unknown>) => Record<string, unknown>): void {
  writeFileSync(file, stringify(change(parse(readFileSync(file, 'utf8')) as Record<string, unknown>)));
}
