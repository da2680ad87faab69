/** The verbs for the crew's alarm at a post. */
import process from 'node:process';
import type { Command } from 'commander';
import type { AlarmRequest } from '../../core/procedure/link.ts';
import { number } from './options.ts';

interface Flags {
  readonly state: string;
  readonly json: boolean;
}

export function addAlarm(program: Command): void {
  const alarm = program.command('alarm').description("the crew's alarm of a post: what it says, mute, reset");
  const verb = (name: string, what: string): Command =>
    alarm
      .command(name)
      .description(what)
      .requiredOption('--state <folder>', "the box's state folder, where its gas daemon runs")
      .option('--json', 'one line of JSON', false);

  verb('status', 'levels, means, outputs; exit code 1 when something is latched, not watched or at fault').action(
    async (flags: Flags) => {
      const { status } = await show(flags, { ask: 'alarm' });
      const { gases, outputs } = status;
      const well = gases.every(({ latched, watched }) => latched.length === 0 && watched);
      process.exitCode = well && Object.keys(outputs?.faults ?? {}).length === 0 ? 0 : 1;
    },
  );
  verb('reset', 'ends what is latched and no longer over its limit; exit code 1 when something is left')
    .requiredOption('--by <code>', 'your staff code: a pseudonym, never a name')
    .action(async ({ by, ...flags }: Flags & { by: string }) => {
      const { status } = await show(flags, { ask: 'alarm-reset', by });
      process.exitCode = status.gases.every(({ latched }) => latched.length === 0) ? 0 : 1;
    });
  verb('mute', 'takes the sound away and nothing else; another level is heard at once')
    .requiredOption('--by <code>', 'your staff code: a pseudonym, never a name')
    .option('--minutes <n>', 'for how long, 15 at the most', number, 5)
    .action(async ({ by, minutes, ...flags }: Flags & { by: string; minutes: number }) => {
      await show(flags, { ask: 'alarm-mute', by, minutes });
    });
}

async function show({ state, json }: Flags, request: AlarmRequest) {
  const { alarmAsText, askAlarm } = await import('../technician/alarm.ts');
  const answer = await askAlarm(state, request);
  const lines = json
    ? [JSON.stringify(answer)]
    : [...(answer.told === null ? [] : [answer.told]), ...alarmAsText(answer.status)];
  for (const line of lines) process.stdout.write(`${line}\n`);
  return answer;
}
