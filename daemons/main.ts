/** `fieldpost <verb>`: one program for every daemon and every tool. Imports are lazy: a verb loads only what it uses. */
import process from 'node:process';
import { Command } from 'commander';
import { isFault } from './core/ports/fault.ts';
import { addAccounts } from './tools/verbs/accounts.ts';
import { addAgencies } from './tools/verbs/agencies.ts';
import { addAgent } from './tools/verbs/agent.ts';
import { addAlarm } from './tools/verbs/alarm.ts';
import { addBackup } from './tools/verbs/backup.ts';
import { addBoxes } from './tools/verbs/boxes.ts';
import { addCamera } from './tools/verbs/camera.ts';
import { addCaptures } from './tools/verbs/captures.ts';
import { addChecks } from './tools/verbs/checks.ts';
import { addDaemons } from './tools/verbs/daemons.ts';
import { addDoctor } from './tools/verbs/doctor.ts';
import { addEvidence } from './tools/verbs/evidence.ts';
import { addFleet } from './tools/verbs/fleet.ts';
import { addFlights } from './tools/verbs/flights.ts';
import { addPassage } from './tools/verbs/passage.ts';
import { addPki } from './tools/verbs/pki.ts';
import { addProvision } from './tools/verbs/provision.ts';
import { addRetention } from './tools/verbs/retention.ts';
import { addSimulate } from './tools/verbs/simulate.ts';
import { addSoak } from './tools/verbs/soak.ts';
import { addSortie } from './tools/verbs/sortie.ts';
import { addTechnician } from './tools/verbs/technician.ts';
import { addThresholds } from './tools/verbs/thresholds.ts';
import { addTrain } from './tools/verbs/train.ts';

const program = new Command('fieldpost')
  .description('Field sensor posts: gas analyzers, cameras and drone docks')
  .version('0.1.0');

for (const add of [addDaemons, addAgent, addCamera]) add(program);
// What runs for a year does not hold the words of a hundred other verbs.
if (!program.commands.some((one) => one.name() === process.argv[2]))
  for (const add of [
    addFleet,
    addBoxes,
    addSimulate,
    addCaptures,
    addChecks,
    addDoctor,
    addEvidence,
    addRetention,
    addAccounts,
    addBackup,
    addPki,
    addAgencies,
    addProvision,
    addTechnician,
    addAlarm,
    addPassage,
    addFlights,
    addSortie,
    addSoak,
    addTrain,
    addThresholds,
  ])
    add(program);

// Not awaited: the main module of the executable is CommonJS.
program.parseAsync().catch((error: unknown) => {
  if (!isFault(error)) throw error;
  process.stderr.write(`fieldpost: ${error.message}\n`);
  process.exitCode = 2;
});
