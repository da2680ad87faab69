import { readFileSync, statSync } from 'node:fs';
import { Fault } from '../ports/fault.ts';

/** The signing key of a MAVLink link: 64 hexadecimal digits in a file that only its owner may read. Errors: Fault `config`. */
export function readMavlinkKey(file: string): Uint8Array {
  const right = 'must be 64 hexadecimal digits, the key that the drone has, in a file of mode 0600';
  let text: string;
  try {
    const mode = statSync(file).mode & 0o777;
    if ((mode & 0o077) !== 0) throw new Fault('config', `${file}: mode is 0${mode.toString(8)}; ${right}`);
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('config', `${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); ${right}`, error);
  }
  if (!/^[0-9a-fA-F]{64}$/.test(text)) throw new Fault('config', `${file}: is no key; ${right}`);
  return Buffer.from(text, 'hex');
}
