/** Flight logs through the line of the dock. */
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { type BoxOptions, onBox, whole } from './options.ts';

export function addFlights(program: Command): void {
  onBox(
    program,
    'replay-flight',
    "a .tlog or .ulg through the dock's line: its track goes to the centre as the box's own",
  )
    .argument('<log>', 'the log of a ground station (.tlog) or of PX4 (.ulg)')
    .option('--system <id>', 'whose words count in a .tlog', whole, 1)
    .action(async (log: string, { config, device, state, system }: BoxOptions & { system: number }) => {
      const [{ loadBox }, { openStorageKey }, { openSpool }, { systemClock }, { replayFlight }] = await Promise.all([
        import('../../core/config/box.ts'),
        import('../../core/adapters/storage-key.tpm.ts'),
        import('../../core/adapters/spool.sqlite.ts'),
        import('../../core/adapters/clock.system.ts'),
        import('../replay-flight.ts'),
      ]);
      const box = loadBox(config, device);
      const { events, positions } = replayFlight(log, system);
      const { key } = await openStorageKey({ folder: path.join(state, 'identity'), tcti: box.board.tpm?.tcti });
      // A spool of its own: the dock daemon may be running on the other one.
      const spool = await openSpool({
        ...{ master: key, path: path.join(state, 'spool', 'replay.db'), device, telemetryHoldMs: 0 },
        signing: { keyFile: path.join(state, 'identity', 'device.key'), everyMs: 60_000 },
      });
      const at = systemClock().now();
      await spool.append(events.map((body) => ({ stream: 'event' as const, at, body: { ...body, at } })));
      await spool.close();
      process.stdout.write(`${positions} positions, ${events.length} pieces of a track, for the uplink to deliver\n`);
    });
}
