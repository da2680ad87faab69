/** The verb behind `npm start`. */
import process from 'node:process';
import { type Command, Option } from 'commander';
import { list, number, whole } from './options.ts';

export function addSimulate(program: Command): void {
  program
    .command('instrument', { hidden: true })
    .description('one simulated instrument, as a simulated site starts it')
    .argument('<kind>')
    .argument('<options>', 'JSON')
    .action(async (kind: string, options: string) =>
      (await import('../simulate/instrument.ts')).instrument(kind, options),
    );

  program
    .command('simulated-boxes', { hidden: true })
    .description('some of the boxes of a simulated fleet, as a rehearsal starts them')
    .argument('<setup>', 'JSON')
    .action(async (setup: string) => (await import('../simulate/fleet/crowd.ts')).crowd(setup));

  const simulate = program
    .command('simulate')
    .description(
      'a whole site with simulated instruments: everything else is the real thing; with --devices a fleet of simulated boxes to rehearse with',
    )
    .option('--for <seconds>', 'end by itself and say how it went', number)
    .option('--json', 'end with one line of JSON on stdout', false)
    .option('--seed <n>', 'which weather and which plumes; 1 if absent, any one for the release', whole)
    .addOption(
      new Option('--scene <name>', 'what happens: a repeating programme, or a lorry and then a release to be located')
        .choices(['programme', 'release'])
        .default('programme'),
    )
    .option('--console-port <n>', 'port of the page', whole, 8480)
    .option('--state <folder>', 'keep everything here; a folder of its own if absent')
    .option('--kill <seconds>', 'kill a random daemon this often, to see that nothing is lost', number);
  forFleet(simulate).action(async (flags: SimulateFlags & FleetFlags) => {
    const { for: forS, kill: killEveryS, ...rest } = flags;
    const ends = forS === undefined ? {} : { forS };
    if (flags.devices !== undefined) {
      const { simulateFleet } = await import('../simulate/fleet/fleet.ts');
      const { silent, refuse: refuses, revert: reverts, wait: waits, badLinks, bad: badReleases, ...fleet } = rest;
      const shares = { silent, refuses, reverts, waits, badLinks };
      const { devices, seed = 1 } = flags;
      process.exitCode = await simulateFleet({ ...fleet, ...ends, devices, seed, shares, badReleases });
      return;
    }
    const { simulate: simulateSite } = await import('../simulate/simulate.ts');
    process.exitCode = await simulateSite({
      ...rest,
      ...ends,
      version: program.version() ?? '0',
      ...(killEveryS === undefined ? {} : { killEveryS }),
    });
  });
}

interface SimulateFlags {
  readonly for?: number;
  readonly json: boolean;
  readonly seed?: number;
  readonly scene: 'programme' | 'release';
  readonly consolePort: number;
  readonly state?: string;
  readonly kill?: number;
}

interface FleetFlags {
  readonly devices?: number;
  readonly site: string;
  readonly silent: number;
  readonly refuse: number;
  readonly revert: number;
  readonly wait: number;
  readonly badLinks: number;
  readonly bad: string[];
  readonly alertsPerDay: number;
  readonly keepaliveS: number;
  readonly startPerS: number;
  readonly broker?: string;
  readonly authority?: string;
}

const forFleet = (simulate: Command): Command =>
  simulate
    .option('--devices <n>', 'a fleet of so many simulated boxes', whole)
    .option('--site <name>', 'of a fleet: its name', 'rehearsal')
    .option('--silent <share>', 'of a fleet: boxes that go away without a word, 0 to 1', share, 0.02)
    .option('--refuse <share>', 'of a fleet: boxes that refuse every change', share, 0.01)
    .option('--revert <share>', 'of a fleet: boxes that no change does well', share, 0.01)
    .option('--wait <share>', 'of a fleet: boxes that let a change wait for two minutes', share, 0.02)
    .option(
      '--bad-links <share>',
      'of a fleet: boxes whose line breaks; three times as many have a slow one',
      share,
      0.05,
    )
    .option('--bad <version>', 'of a fleet: a version of the program that is no good; may be given again', list, [])
    .option('--alerts-per-day <n>', 'of a fleet: alerts of a box', number, 2)
    .option('--keepalive-s <seconds>', 'of a fleet: keepalive of MQTT', number, 40)
    .option('--start-per-s <n>', 'of a fleet: first connections a second', number, 100)
    .option('--broker <url>', 'of a fleet: a broker that runs already; the embedded one if absent')
    .option(
      '--authority <folder>',
      "of a fleet: for mqtts://, an authority made for the rehearsal, never the site's own",
    );

const share = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new Error(`"${text}" is not a share; must be 0 to 1`);
  return value;
};
