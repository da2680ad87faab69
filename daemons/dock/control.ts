/** The dock's control link: one JSON object a line. Its answer says what became of a command, and how the dock stands. */
import * as z from 'zod';
import { longestCommand } from '../core/wire/command.ts';
import type { LineSaid, LineState } from './line.ts';
import type { SortieDesk } from './sortie/desk.ts';
import { longestSortieAsk, sortieAsk } from './sortie/request.ts';
import type { Command } from './state.ts';

const commands = [
  ...['open-to-launch', 'open-to-recover', 'close', 'stop', 'charge', 'stop-charging'],
  ...['maintain', 'end-maintenance', 'hand-open', 'hand-close', 'hand-stop', 'reset'],
] as const satisfies readonly string[];

const request = z.union([
  z.strictObject({ ask: z.literal('state') }),
  z.strictObject({
    ask: z.literal('command'),
    command: z.enum(commands as unknown as readonly [Command, ...Command[]]),
    by: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/)
      .describe('the pseudonymous id of who asks'),
  }),
  /** A command of the centre as it came, signature and all. */
  z.strictObject({ ask: z.literal('flight'), command: z.string().max(longestCommand) }),
  sortieAsk,
]);

/** Quotes in a command are written as two characters. */
export const longestRequest = Math.max(1024 + 2 * longestCommand, longestSortieAsk);

/** The answer to a line. What is no request is answered with what it should be. */
export async function answered(
  line: string,
  dock: {
    readonly state: () => LineState;
    readonly command: (command: Command, by: string) => readonly LineSaid[];
    /** Gives what was said of it. */
    readonly flight: (command: string) => readonly string[];
    /** Null where the profile has no sorties. */
    readonly sortie: SortieDesk | null;
  },
): Promise<unknown> {
  const asked = request.safeParse(parsed(line));
  if (!asked.success)
    return {
      say: 'refused',
      message: 'this is no request: {"ask":"state"}, or {"ask":"command","command":...,"by":...}',
    };
  if (asked.data.ask === 'sortie')
    return dock.sortie
      ? { say: 'sortie', ...(await dock.sortie.ask(asked.data)) }
      : { say: 'refused', message: 'no sortie is in the profile of this box' };
  if (asked.data.ask === 'flight') return { say: 'flight', told: dock.flight(asked.data.command) };
  const said = asked.data.ask === 'command' ? dock.command(asked.data.command, asked.data.by) : [];
  const { dock: now, volts, amps, stuck } = dock.state();
  const { mode, motor, charger, jam, seen } = now;
  return { say: 'dock', said, mode, motor, charger, jam, seen, volts, amps, stuck };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
