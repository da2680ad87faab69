/**
 * One simulated instrument as a process of its own: `fieldpost instrument <kind> '<json options>'`. It speaks the real
 * protocol of its kind, says `{"ready":{...}}` on stdout, and ends when its stdin closes. A line on stdin that names a fault
 * (faults.ts) makes it do that wrong until the next line; it answers `{"fault":NAME}`. A line `{"inlet":{"ammonia":25}}` puts a
 * calibration gas to its inlet in place of the air, `{"inlet":null}` takes it away; it answers the same.
 */
import net from 'node:net';
import process from 'node:process';
import readline from 'node:readline';
import * as z from 'zod';
import { Fault } from '../../core/ports/fault.ts';
import { analyzer, anemometer, elements, lagged, pid } from './answers.ts';
import { simulatedAds1115 } from './devices/ads1115.ts';
import { floatRegisters, fromUnit, modbusServer } from './devices/modbus.ts';
import { simulatedSht4x } from './devices/sht4x.ts';
import { gillLine } from './devices/talkers.ts';
import { winsenModule } from './devices/winsen.ts';
import { type FaultName, faultAt, faultName, faultOptions, spoil } from './faults.ts';
import { i2cServer } from './i2c-server.ts';
import { type Inlet, throughInlet, toldLine } from './inlet.ts';
import { openPty } from './pty.ts';
import { releaseScene } from './release.ts';
import { type Air, world } from './world.ts';

const optionsShape = z.strictObject({
  seed: z.int(),
  scene: z.enum(['programme', 'release']).default('programme').describe('what happens around the post'),
  startMs: z.number().describe('Unix ms at which the world began: the same for every instrument'),
  waits: z.boolean().default(false).describe('nothing happens until it is told when the scene begins'),
  port: z.int().min(0).max(65535).default(0).describe('of an instrument on TCP; a free one if 0'),
  tauS: z.number().positive().optional().describe('how slow the analyzer answers: its time constant'),
  fault: faultOptions.prefault({}),
});

interface Options {
  readonly seed: number;
  readonly startMs: number;
  readonly port: number;
  /** T90 / 2.303 of the analyzer in seconds; its own where absent. */
  readonly tauS?: number | undefined;
  /** What is at the inlet `t` seconds after the start: the air, or a gas that somebody connected. */
  readonly air: (t: number) => Air;
  /** What is wrong `t` seconds after the start. */
  readonly faultAt: (t: number) => FaultName;
}

interface Address {
  readonly tcp?: string;
  readonly path?: string;
}

function listen(server: net.Server, port: number): Promise<Address> {
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      const at = server.address() as net.AddressInfo;
      resolve({ tcp: `127.0.0.1:${at.port}` });
    });
  });
}

/** A serial instrument behind TCP: what `answer` gives goes back, as the fault leaves it. */
function serialOverTcp(
  port: number,
  answer: (bytes: Uint8Array) => Uint8Array[],
  attach?: (write: (bytes: Uint8Array) => void) => () => void,
): Promise<Address> {
  return listen(
    net.createServer((socket) => {
      socket.setNoDelay(true);
      const detach = attach?.((bytes) => void socket.write(bytes));
      socket.on('error', () => socket.destroy());
      socket.on('close', () => detach?.());
      socket.on('data', (bytes: Buffer) => {
        for (const one of answer(bytes)) socket.write(one);
      });
    }),
    port,
  );
}

/** An answer on a Modbus line as the fault leaves it. */
const onModbus = (answer: Uint8Array, fault: FaultName): Uint8Array[] => {
  if (fault === 'wrong-unit') return [fromUnit(answer, (answer[0] ?? 0) + 1)];
  const left = spoil(answer, fault);
  return left ? [left] : [];
};

const kinds: Readonly<Record<string, (options: Options) => Promise<Address>>> = {
  'i2c-bus': ({ seed, startMs, port, faultAt, air }) => {
    const seconds = (ms: number): number => (ms - startMs) / 1000;
    const inputMv = elements(air, seed);
    const four = (first: number) => simulatedAds1115((channel, nowMs) => inputMv(first + channel, seconds(nowMs)));
    const parts = new Map([
      [0x48, four(0)],
      [0x49, four(4)],
      [0x44, simulatedSht4x((nowMs) => air(seconds(nowMs)))],
    ]);
    return listen(
      i2cServer(parts, () => faultAt(seconds(Date.now()))),
      port,
    );
  },
  'modbus-tcp': ({ startMs, port, faultAt, air, tauS = 4 }) => {
    const now = (): number => (Date.now() - startMs) / 1000;
    const answer = analyzer(air, tauS, now());
    let held = answer(now());
    const server = modbusServer({
      unit: 7,
      register: (table, address) => {
        if (table !== 'input' || address < 0 || address > 1) return null;
        if (address === 0) {
          const t = now();
          const state = faultAt(t);
          if (state !== 'stuck') held = answer(t);
          if (state === 'not-a-number') held = Number.NaN;
          if (state === 'out-of-range') held = 9999;
        }
        return floatRegisters(held)[address] ?? null;
      },
    });
    return serialOverTcp(port, (bytes) => server(bytes).flatMap((one) => onModbus(one, faultAt(now()))));
  },
  'modbus-pty': async ({ startMs, port, faultAt, air, tauS = 1.5 }) => {
    const now = (): number => (Date.now() - startMs) / 1000;
    const register = pid(air, tauS, now());
    const server = modbusServer({
      unit: 3,
      register: (table, address) => (table === 'holding' && address === 0 ? register(now()) : null),
    });
    const answer = (bytes: Uint8Array): Uint8Array[] => server(bytes).flatMap((one) => onModbus(one, faultAt(now())));
    const pty = await openPty();
    if (!pty) {
      process.stderr.write('simulated PID: no script(1) on this machine, so no PTY; its Modbus RTU goes over TCP\n');
      return serialOverTcp(port, answer);
    }
    pty.onData((bytes) => {
      for (const one of answer(bytes)) pty.write(one);
    });
    process.on('exit', () => pty.close());
    return { path: pty.path };
  },
  winsen: ({ startMs, port, faultAt, air, tauS = 12 }) => {
    const now = (): number => (Date.now() - startMs) / 1000;
    const ammonia = lagged(tauS, now(), (t) => air(t).ppm.ammonia);
    const module = winsenModule(() => ammonia(now()) * 10);
    const spoiled = (one: Uint8Array): Uint8Array[] => {
      const left = spoil(one, faultAt(now()));
      return left ? [left] : [];
    };
    return serialOverTcp(
      port,
      (bytes) => module.receive(bytes).flatMap(spoiled),
      (write) => {
        const timer = setInterval(() => {
          const said = module.tick();
          if (said) for (const one of spoiled(said)) write(one);
        }, 1000);
        return () => clearInterval(timer);
      },
    );
  },
  wind: ({ startMs, port, faultAt, air }) => {
    const now = (): number => (Date.now() - startMs) / 1000;
    const blows = anemometer(air);
    const say = (): Uint8Array => {
      const { fromDeg, speedMs } = blows(now());
      return gillLine(`Q,${String(fromDeg).padStart(3, '0')},${speedMs.toFixed(2).padStart(6, '0')},M,00,`);
    };
    return serialOverTcp(
      port,
      () => [],
      (write) => {
        // Four times a second: the fastest of a WindSonic.
        const timer = setInterval(() => {
          const left = spoil(say(), faultAt(now()));
          if (left) write(left);
        }, 250);
        return () => clearInterval(timer);
      },
    );
  },
};

/** Is this instrument until its stdin closes. `json` is its options; whoever starts it is a program. */
export async function instrument(kind: string, json: string): Promise<void> {
  const start = kinds[kind];
  if (!start) throw new Fault('config', `no simulated instrument "${kind}"; known: ${Object.keys(kinds).join(', ')}`);
  const { fault, scene, waits, ...options } = optionsShape.parse(JSON.parse(json));
  const outside = scene === 'release' ? releaseScene(options.seed) : world(options.seed);
  let told: FaultName | null = null;
  let inlet: Inlet | null = null;
  /** When the scene begins, in seconds after the start; null while it waits. */
  let beginsS = waits ? null : 0;
  const airAt = (t: number): Air => outside(beginsS === null ? Math.min(t, 0) : t - beginsS);
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    if (line.startsWith('{')) {
      const said = toldLine.parse(JSON.parse(line));
      if ('inlet' in said) ({ inlet } = said);
      else beginsS = (said.beginsMs - options.startMs) / 1000;
      process.stdout.write(`${JSON.stringify(said)}\n`);
      return;
    }
    told = faultName.parse(line);
    process.stdout.write(`${JSON.stringify({ fault: told })}\n`);
  });
  process.stdin.on('close', () => process.exit(0));
  process.on('SIGTERM', () => process.exit(0));
  process.on('SIGINT', () => {});
  const ready = await start({
    ...options,
    air: (t) => (inlet ? throughInlet(airAt(t), inlet) : airAt(t)),
    faultAt: (t) => told ?? faultAt(fault, t),
  });
  process.stdout.write(`${JSON.stringify({ ready })}\n`);
}
