/** `fieldpost <verb>`: one program for every daemon and every tool. Imports are lazy: a verb loads only what it uses. */
import path from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import type { Running } from './core/daemon/running.ts';
import { isFault } from './core/ports/fault.ts';

const root = path.join(import.meta.dirname, '..');
const program = new Command('fieldpost')
  .description('Field sensor posts: gas analyzers, cameras and drone docks')
  .version('0.1.0');

/** Runs a daemon under supervision and leaves its exit code. */
async function daemon(name: string, line: (ctx: Running) => Promise<void>): Promise<void> {
  const [{ systemClock }, { pinoLog }, { systemdNotify }, { run }] = await Promise.all([
    import('./core/adapters/clock.system.ts'),
    import('./core/adapters/log.pino.ts'),
    import('./core/adapters/notify.systemd.ts'),
    import('./core/daemon/run.ts'),
  ]);
  process.exitCode = await run(line, {
    clock: systemClock(),
    log: pinoLog(name),
    notify: systemdNotify(process.env.NOTIFY_SOCKET),
    feedEveryMs: Number(process.env.WATCHDOG_USEC ?? 30e6) / 3000,
    drainMs: 20_000,
  });
  process.exit();
}

/** For children of a supervisor that is no systemd: when it dies, its end of our stdin closes, and we stop. */
function stopWithParent(): void {
  process.stdin.resume();
  process.stdin.on('close', () => process.kill(process.pid, 'SIGTERM'));
}

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`"${text}" is not a whole number`);
  return value;
};
const number = (text: string): number => {
  if (!Number.isFinite(Number(text))) throw new Error(`"${text}" is not a number`);
  return Number(text);
};
const list = (one: string, all: readonly string[] = []): string[] => [...all, one];

interface BoxOptions {
  readonly config: string;
  readonly device: string;
  readonly state: string;
  readonly withParent?: boolean;
}

const onBox = (name: string, what: string): Command =>
  program
    .command(name)
    .description(what)
    .requiredOption('--config <folder>', 'folder with devices/, boards/ and profiles/')
    .requiredOption('--device <name>', 'which of devices/')
    .requiredOption('--state <folder>', 'where the box keeps what it must not lose')
    .option('--with-parent', 'stop when stdin closes');

onBox('gas', 'read gas analyzers, calibrate, classify, raise alerts').action(async (options: BoxOptions) => {
  if (options.withParent) stopWithParent();
  await daemon('gas', async (ctx) => {
    const [{ loadBox }, { gasLine }] = await Promise.all([import('./core/config/box.ts'), import('./gas/daemon.ts')]);
    const box = loadBox(options.config, options.device);
    await gasLine({ box, state: options.state, models: path.join(root, 'models') }, ctx);
  });
});

onBox('uplink', 'deliver what the daemons of this box kept').action(async (options: BoxOptions) => {
  if (options.withParent) stopWithParent();
  await daemon('uplink', async (ctx) => {
    const [{ loadBox }, { parseValue }, { uplinkLine }, { uplinkSection }] = await Promise.all([
      import('./core/config/box.ts'),
      import('./core/config/parse.ts'),
      import('./uplink/daemon.ts'),
      import('./uplink/config.ts'),
    ]);
    const { device, board, profile, files } = loadBox(options.config, options.device);
    const section = parseValue(`${files.profile} uplink`, profile.uplink ?? {}, uplinkSection);
    const birth = {
      version: program.version(),
      simulated: board.simulated,
      where: device.where ? { lat: device.where.lat, lon: device.where.lon } : null,
      sensors: board.sensors.map(({ id, part, serial }) => ({ id, part, serial })),
    };
    await uplinkLine(
      { device: device.device, site: device.site, spools: path.join(options.state, 'spool'), section, birth },
      ctx,
    );
  });
});

program
  .command('broker')
  .description('the embedded MQTT broker, on loopback, for one machine')
  .requiredOption('--port <n>', 'port', whole)
  .option('--with-parent', 'stop when stdin closes')
  .action(async ({ port, withParent }: { port: number; withParent?: boolean }) => {
    if (withParent) stopWithParent();
    await daemon('broker', async (ctx) => (await import('./ledger/broker.ts')).brokerLine({ port }, ctx));
  });

program
  .command('ledger')
  .description('take envelopes from the broker, keep each once, send the receipts')
  .requiredOption('--broker <url>', 'may be given several times', list)
  .requiredOption('--records <file>', 'the central store')
  .option('--with-parent', 'stop when stdin closes')
  .action(async ({ broker, records, withParent }: { broker: string[]; records: string; withParent?: boolean }) => {
    if (withParent) stopWithParent();
    await daemon('ledger', async (ctx) =>
      (await import('./ledger/daemon.ts')).ledgerLine({ brokers: broker, records }, ctx),
    );
  });

program
  .command('console')
  .description('the page that operators look at')
  .requiredOption('--records <file>', 'the central store')
  .option('--host <address>', 'a loopback address: there is no login yet', '127.0.0.1')
  .option('--port <n>', 'port', whole, 8480)
  .option('--map <file>', 'a PMTiles file as base map of a region')
  .option('--with-parent', 'stop when stdin closes')
  .action(async (options: { records: string; host: string; port: number; map?: string; withParent?: boolean }) => {
    if (options.withParent) stopWithParent();
    const { withParent: _, ...config } = options;
    await daemon('console', async (ctx) => (await import('./console/daemon.ts')).consoleLine(config, ctx));
  });

program
  .command('simulate')
  .description('a whole site with simulated instruments: everything else is the real thing')
  .option('--for <seconds>', 'end by itself and say how it went', number)
  .option('--json', 'end with one line of JSON on stdout', false)
  .option('--seed <n>', 'which weather and which plumes', whole, 1)
  .option('--console-port <n>', 'port of the page', whole, 8480)
  .option('--state <folder>', 'keep everything here; a folder of its own if absent')
  .option('--kill <seconds>', 'kill a random daemon this often, to see that nothing is lost', number)
  .action(
    async (options: {
      for?: number;
      json: boolean;
      seed: number;
      consolePort: number;
      state?: string;
      kill?: number;
    }) => {
      const { simulate } = await import('./tools/simulate/simulate.ts');
      const { for: forS, kill: killEveryS, ...rest } = options;
      process.exitCode = await simulate({
        ...rest,
        ...(forS === undefined ? {} : { forS }),
        ...(killEveryS === undefined ? {} : { killEveryS }),
      });
    },
  );

onBox('record', 'write down what passes between the drivers and their ports, for a replay')
  .requiredOption('--out <folder>', 'a new folder for the capture')
  .option('--sensor <id>', 'only this sensor; may be given several times', list, [])
  .option('--for <seconds>', 'end by itself', number)
  .action(async (options: BoxOptions & { out: string; sensor: string[]; for?: number }) => {
    if (options.withParent) stopWithParent();
    await daemon('record', async (ctx) => {
      const [{ loadBox }, { record }] = await Promise.all([
        import('./core/config/box.ts'),
        import('./tools/captures/record.ts'),
      ]);
      const { config, device, state, out, sensor, for: forS } = options;
      const limit = forS === undefined ? {} : { forS };
      await record({ box: loadBox(config, device), state, out, sensors: sensor, ...limit }, ctx);
    });
  });

program
  .command('replay')
  .description('run the line on a capture and print its envelopes')
  .argument('<capture>', 'folder that fieldpost record made')
  .option('--speed <times>', 'times as fast as it was recorded; as fast as it goes if absent', number)
  .option('--stream <name>', 'only alert, event or tele; may be given several times', list, [])
  .action(async (folder: string, { speed, stream }: { speed?: number; stream: string[] }) => {
    const { replay } = await import('./tools/captures/replay.ts');
    let fromNs: number | null = null;
    const began = performance.now();
    for await (const one of replay(folder, path.join(root, 'models'))) {
      fromNs ??= one.atNs;
      const dueMs = speed === undefined ? 0 : (one.atNs - fromNs) / 1e6 / speed - (performance.now() - began);
      if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
      if (stream.length === 0 || stream.includes(one.stream)) process.stdout.write(`${one.text}\n`);
    }
  });

program
  .command('check')
  .description('read every configuration file and name every mistake')
  .option('--config <folder>', 'folder with devices/, boards/ and profiles/', path.join(root, 'firmware-configs'))
  .action(async ({ config }: { config: string }) => {
    process.exitCode = (await import('./tools/check.ts')).check(config);
  });

program
  .command('evaluate')
  .description('measure on real data')
  .argument('<name>', 'air-quality or models')
  .requiredOption('--data <folder>', 'the folder of data sets')
  .option('--json', 'one line of JSON', false)
  .action(async (name: string, { data, json }: { data: string; json: boolean }) => {
    process.exitCode = await (await import('./tools/evaluate/evaluate.ts')).evaluate(name, data, json);
  });

program
  .command('schema')
  .description('write the JSON Schemas of the configuration files from their parsers')
  .option('--out <folder>', 'where', path.join(root, 'firmware-configs/schema'))
  .action(async ({ out }: { out: string }) => {
    (await import('./tools/schema.ts')).writeSchemas(out);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!isFault(error)) throw error;
  process.stderr.write(`fieldpost: ${error.message}\n`);
  process.exitCode = 2;
}
