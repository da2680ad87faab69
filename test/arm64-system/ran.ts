import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';

const promised = promisify(execFile);

/** What a program printed, run behind everything else on this machine. Errors: with the end of its words. */
export async function ran(program: string, ...args: readonly string[]): Promise<string> {
  return ranWith({}, program, ...args);
}

export async function ranWith(
  env: Readonly<Record<string, string>>,
  program: string,
  ...args: readonly string[]
): Promise<string> {
  try {
    const options = { maxBuffer: 64 << 20, env: { ...process.env, ...env } };
    return (await promised('nice', ['-n', '15', program, ...args], options)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${program}: ${`${stdout}\n${stderr}`.trim().slice(-4000)}`, { cause: error });
  }
}
