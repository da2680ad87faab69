/** Text sentences with an XOR check: NMEA 0183 (IEC 61162-1, section 5.3) and Gill's ASCII messages (1405-PS-0019, section 9). */
import { Fault } from '../ports/fault.ts';

/** XOR of the characters' codes. */
export function xorOf(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum ^= text.charCodeAt(i);
  return sum & 0xff;
}

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');

/** Holds a text to the two hexadecimal digits that came with it. Errors: Fault `checksum`. */
export function checkXor(text: string, said: string): void {
  if (!/^[0-9A-Fa-f]{2}$/.test(said) || Number.parseInt(said, 16) !== xorOf(text))
    throw new Fault(
      'checksum',
      `the check of ${JSON.stringify(text.slice(0, 80))} is ${hex(xorOf(text))}, not ${said}`,
    );
}

export interface Sentence {
  /** Who says it, for example GP, GN, WI. */
  readonly talker: string;
  /** What it is, for example GGA, MWV. */
  readonly type: string;
  readonly fields: readonly string[];
}

/** One NMEA sentence. Errors: Fault `protocol` for what is none or has no check, `checksum`. */
export function nmeaSentence(line: string): Sentence {
  const start = line.lastIndexOf('$');
  const star = line.indexOf('*', start);
  const body = line.slice(start + 1, star);
  if (start < 0 || star < 0 || !/^[A-Z]{2}[A-Z0-9]{3},/.test(body))
    throw new Fault('protocol', `no NMEA sentence with a check: ${JSON.stringify(line.slice(0, 80))}`);
  checkXor(body, line.slice(star + 1).trimEnd());
  const [address = '', ...fields] = body.split(',');
  return { talker: address.slice(0, 2), type: address.slice(2), fields };
}

const stx = '\x02';
const etx = '\x03';

/** The fields of one Gill message, STX fields ETX check. Errors: Fault `protocol` for what is none, `checksum`. */
export function gillFields(line: string): readonly string[] {
  const start = line.lastIndexOf(stx);
  const end = line.indexOf(etx, start);
  if (start < 0 || end < 0)
    throw new Fault('protocol', `no Gill message between STX and ETX: ${JSON.stringify(line.slice(0, 80))}`);
  const body = line.slice(start + 1, end);
  checkXor(body, line.slice(end + 1).trimEnd());
  return body.split(',');
}

/** A number written in full in a field, or null for an empty or another field. */
export const fieldNumber = (field: string | undefined): number | null =>
  field !== undefined && /^[+-]?\d{1,10}(\.\d{0,10})?$/.test(field) ? Number(field) : null;
