/**
 * A centre for a box out of its carton, by the commands of the technician's guide and real programs: Mosquitto with TLS and ACL, the
 * enrolment service, and the instruments that the box is going to find. The instruments are simulated.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parse, stringify } from 'yaml';
import { initSite } from '../../daemons/tools/fleet/site-keys.ts';
import { deny } from '../../daemons/tools/pki/authority.ts';
import { type Addresses, laySite } from '../../daemons/tools/simulate/site.ts';
import { startInstrument } from '../../daemons/tools/simulate/supervise.ts';
import { fieldpost, type Ran } from './fieldpost.ts';
import { keepMosquitto, type TlsBroker } from './mosquitto-tls.ts';
import { answers, freePorts, type Program, startProgram } from './process.ts';
import { put, type SitePki, sitePki } from './site-pki.ts';

const root = path.join(import.meta.dirname, '../..');

export interface Carton {
  at(name: string): string;
  readonly site: string;
  readonly pki: SitePki;
  /** As it runs now; it is started again whenever it ends. */
  broker(): TlsBroker;
  /** Folder of its certificate and its deny list. */
  readonly brokerFolder: string;
  /** What `release init` made. */
  readonly fleet: string;
  /** Address of the enrolment service. */
  readonly enrol: string;
  readonly service: Program;
  /** Folder of the centre's configuration. */
  readonly centre: string;
  /** `fieldpost token` for a box. */
  token(device: string): Promise<{ readonly token: string; readonly out: string }>;
  /** `fieldpost provision` on the box `name`, without systemd. */
  provision(name: string, ...more: string[]): Promise<Ran>;
  /** Starts a daemon of the box `name`, as its unit would. */
  daemon(verb: string, name: string, device: string): Program;
  /** What every verb on the box `name` is told. */
  placeOf(name: string): readonly string[];
  /** Any verb that runs on; it ends with the test. */
  start(...args: string[]): Program;
  /** What was measured and adjusted at the bench goes with the instruments. */
  layCalibrations(name: string): void;
  /** Resolves when it holds. Errors: when one of the programs ended before. */
  until(what: string, isSo: () => boolean | Promise<boolean>, ...programs: Program[]): Promise<void>;
}

/** `onEnd` is called in the order in which things are to end, last first. */
export async function layCarton(
  folder: string,
  onEnd: (end: () => Promise<unknown>) => void,
  profile: (value: Record<string, unknown>) => Record<string, unknown> = (same) => same,
): Promise<Carton> {
  const site = 'demo';
  const at = (name: string): string => path.join(folder, name);
  const pki = await sitePki(at('ca'), site);
  await initSite(at('fleet'), site, 100);
  await deny(pki.folder, 'nobody', 'makes the first list');
  const brokerFolder = await pki.server(at('broker'), ['localhost']);
  put(brokerFolder, 'denied.crl', readFileSync(path.join(pki.folder, 'denied.crl'), 'utf8'));
  const broker = await keepMosquitto(pki, brokerFolder);
  onEnd(broker.stop);
  const [port = 0] = await freePorts(1);
  const enrol = `https://localhost:${port}`;
  const kinds = ['i2c-bus', 'modbus-tcp', 'modbus-pty', 'winsen'] as const;
  const instruments = await Promise.all(
    kinds.map((one) => startInstrument(one, { seed: 1, startMs: Date.now(), port: 0 })),
  );
  onEnd(() => Promise.all(instruments.map((one) => one.stop())));
  const [main, analyzer, pid, module] = instruments.map(({ address }) => address);
  const addresses = { main, analyzer, pid, module } as Addresses;
  const { config: centre, state: made } = await laySite(
    at('git'),
    path.join(root, 'firmware-configs'),
    addresses,
    broker.now().url,
  );
  rmSync(path.join(centre, 'devices'), { recursive: true });
  const file = path.join(centre, 'profiles/gas-vapour.yaml');
  const { uplink, ...rest } = parse(readFileSync(file, 'utf8')) as Record<string, object>;
  writeFileSync(file, stringify(profile({ ...rest, uplink: { ...uplink, renewal: enrol } })));

  const start = (...args: string[]): Program => {
    const one = startProgram(process.execPath, [path.join(root, 'daemons/main.ts'), ...args]);
    onEnd(() => one.end('SIGKILL'));
    return one;
  };
  const until = async (what: string, isSo: () => boolean | Promise<boolean>, ...programs: Program[]): Promise<void> => {
    while (!(await isSo())) {
      for (const { child, output } of programs)
        if (child.exitCode !== null) throw new Error(`ended before ${what}:\n${output()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const identity = await pki.server(at('enrol'), ['localhost']);
  const service = start(
    ...['enrol', '--authority', pki.folder, '--identity', identity, '--port', `${port}`, '--config', centre],
    ...['--fleet', at('fleet')],
  );
  await until('the enrolment service listened', () => answers(port), service);
  const placeOf = (name: string): string[] => [
    ...['--config', at(`${name}/etc`), '--state', at(`${name}/state`), '--feed', at(`${name}/feed.sock`)],
  ];
  return {
    ...{ at, site, pki, brokerFolder, enrol, service, centre, start, until, placeOf, fleet: at('fleet') },
    broker: broker.now,
    token: async (device) => {
      const { out } = await fieldpost(['token', device, '--authority', pki.folder, '--enrol', enrol]);
      return { token: out.split('\n')[0] ?? '', out };
    },
    provision: (name, ...more) => fieldpost(['provision', ...placeOf(name), '--no-start', ...more]),
    daemon: (verb, name, device) => start(verb, '--device', device, ...placeOf(name)),
    layCalibrations: (name) => {
      mkdirSync(at(`${name}/state`), { recursive: true });
      writeFileSync(at(`${name}/state/calibrations.json`), readFileSync(path.join(made, 'calibrations.json')));
    },
  };
}
