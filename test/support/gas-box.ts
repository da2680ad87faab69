/** A box with the real gas daemon as a process, on simulated instruments that do wrong when they are told to. */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { parse, stringify } from 'yaml';
import type { Stream } from '../../daemons/core/values/envelope.ts';
import { type Addresses, laySite } from '../../daemons/tools/simulate/site.ts';
import { type Instrument, startInstrument } from '../../daemons/tools/simulate/supervise.ts';
import { type Kept, keptIn } from './kept.ts';
import { freePorts, type Program, startProgram } from './process.ts';

const root = path.join(import.meta.dirname, '../..');

export type InstrumentName = 'i2c-bus' | 'modbus-tcp' | 'modbus-pty' | 'winsen';
/** Changes the plain value of a configuration file. */
export type Edit = (value: Record<string, unknown>) => Record<string, unknown>;

export interface GasBoxOptions {
  readonly board?: Edit;
  readonly profile?: Edit;
  readonly device?: Edit;
  /** The socket of the box's feed; none is there if absent. */
  readonly feed?: string;
  readonly calibrated?: boolean;
  /** What is different about an instrument: see its options in daemons/tools/simulate/instrument.ts. */
  readonly instruments?: Readonly<Partial<Record<InstrumentName, object>>>;
}

export interface GasBox {
  readonly daemon: Program;
  readonly state: string;
  /** Puts a calibration gas to an instrument's inlet, or takes it away. */
  connect(name: InstrumentName, gas: Parameters<Instrument['connect']>[0]): Promise<void>;
  /** Ends the daemon with the signal and starts it again. Resolves with what the box had kept by then. */
  restart(signal: NodeJS.Signals): Promise<Kept>;
  /** Makes an instrument do that wrong, or `none`. Resolves with what the box had kept by then: a place to look on from. */
  fault(name: InstrumentName, fault: Parameters<Instrument['fault']>[0]): Promise<Kept>;
  unplug(name: InstrumentName): Promise<Kept>;
  /** The same instrument at the same address again. */
  replug(name: InstrumentName): Promise<Kept>;
  /** Resolves when something that was kept after `since` is found. Errors: when the daemon ends before. */
  until<T>(find: (kept: Kept) => T | undefined, since?: Kept): Promise<T>;
  /** The sequence numbers of each stream, as kept. */
  numbers(): Promise<Readonly<Record<Stream, readonly number[]>>>;
}

/** Starts instruments and daemon; everything ends and is removed with the test. */
export async function gasBox(t: ExecutionContext, options: GasBoxOptions = {}): Promise<GasBox> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-box-'));
  const [main = 0, analyzer = 0, module = 0] = await freePorts(3);
  const ports: Readonly<Record<InstrumentName, number>> = {
    'i2c-bus': main,
    'modbus-tcp': analyzer,
    'modbus-pty': 0,
    winsen: module,
  };
  // The first plume reaches the post eight seconds from here and stays for half a minute.
  const world = { seed: 1, startMs: Date.now() - 2000 };
  const start = async (name: InstrumentName): Promise<readonly [InstrumentName, Instrument]> => [
    name,
    await startInstrument(name, { ...world, ...options.instruments?.[name], port: ports[name] }),
  ];
  const names = ['i2c-bus', 'modbus-tcp', 'modbus-pty', 'winsen'] as const;
  const instruments = new Map(await Promise.all(names.map(start)));
  const at = (name: InstrumentName): Instrument => instruments.get(name) as Instrument;
  const addresses = {
    main: at('i2c-bus').address,
    analyzer: at('modbus-tcp').address,
    pid: at('modbus-pty').address,
    module: at('winsen').address,
  } as Addresses;
  const site = await laySite(folder, path.join(root, 'firmware-configs'), addresses, 'mqtt://127.0.0.1:9');
  edit(path.join(site.config, 'boards/sim-gas-8.yaml'), options.board ?? ((value) => value));
  edit(path.join(site.config, 'profiles/gas-vapour.yaml'), (value) => {
    const gas = { ...(value.gas as object), telemetry: { batch: 60, holdMs: 0 } };
    return (options.profile ?? ((same) => same))({ ...value, gas });
  });
  edit(path.join(site.config, 'devices/post-1.yaml'), options.device ?? ((value) => value));
  if (options.calibrated === false)
    for (const file of globSync(path.join(site.state, 'calibrations.json*'))) rmSync(file);
  const box = [
    '--config',
    site.config,
    '--device',
    'post-1',
    '--state',
    site.state,
    ...(options.feed ? ['--feed', options.feed] : []),
  ];
  const startDaemon = (): Program =>
    startProgram(process.execPath, [path.join(root, 'daemons/main.ts'), 'gas', ...box]);
  let daemon = startDaemon();
  const endOf = ({ child, output }: Program): Promise<string> =>
    new Promise((resolve) => child.once('exit', () => resolve(`the gas daemon ended:\n${output()}`)));
  let ended = endOf(daemon);
  const kept = keptIn(path.join(site.state, 'spool/gas.db'));
  const { upToNow } = kept;
  t.teardown(async () => {
    await kept.close();
    await daemon.end('SIGKILL');
    for (const [, one] of instruments) await one.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    get daemon() {
      return daemon;
    },
    state: site.state,
    connect: (name, gas) => at(name).connect(gas),
    restart: async (signal) => {
      await daemon.end(signal);
      const since = await upToNow();
      daemon = startDaemon();
      ended = endOf(daemon);
      return since;
    },
    // Marked before: what the daemon tells of it may be there before this side goes on.
    fault: async (name, fault) => {
      const since = await upToNow();
      await at(name).fault(fault);
      return since;
    },
    unplug: async (name) => {
      const since = await upToNow();
      await at(name).stop();
      return since;
    },
    replug: async (name) => {
      const since = await upToNow();
      instruments.set(...(await start(name)));
      return since;
    },
    until: (find, since) => kept.until(find, { since, ended }),
    numbers: kept.numbers,
  };
}

/** Rewrites a YAML file with its plain value changed. */
export function edit(file: string, change: Edit): void {
  writeFileSync(file, stringify(change(parse(readFileSync(file, 'utf8')) as Record<string, unknown>)));
}
