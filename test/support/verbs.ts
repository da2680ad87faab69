/** Every verb of `fieldpost` as the sources register it, and what becomes of a command line without running it. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError } from 'commander';

/** With all options; no list of them is kept here. */
export async function everyVerb(): Promise<Command> {
  const program = new Command('fieldpost').option('--version');
  const folder = path.join(import.meta.dirname, '../../daemons/tools/verbs');
  for (const file of readdirSync(folder))
    for (const [name, add] of Object.entries((await import(path.join(folder, file))) as Record<string, unknown>))
      if (/^add[A-Z]/.test(name)) (add as (to: Command) => void)(program);
  return program;
}

/**
 * What the parser of the program has against the words after `fieldpost`: verbs, options, values, what must be given, words too many.
 * Null for nothing. Nothing is run, and a program parses once: give it a new one each time.
 */
export function refusalOf(program: Command, words: readonly string[]): string | null {
  const quiet = (one: Command): void => {
    one.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (one.commands.length === 0) one.action(() => {});
    for (const below of one.commands) quiet(below);
  };
  quiet(program);
  try {
    program.parse([...words], { from: 'user' });
    return null;
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
}
