/** Short messages as protocol data units: SMS-SUBMIT, its parts, and the status report that comes back (3GPP TS 23.040). Pure. */
import { Fault } from '../ports/fault.ts';
import { packed, septetsOf, ucs2 } from './alphabet.ts';

/** Of user data: 140 bytes, or 160 septets (9.2.3.24). */
const mostBytes = 140;
const mostSeptets = 160;
/** A header that names the parts of one message: its own length, then element 0 of 3 bytes (9.2.3.24.1). */
const partHeader = 6;
/** Beyond this many parts people do not read on, and a modem is busy for a minute. */
export const mostParts = 8;

/** Four hours (9.2.3.12.1: each 5 minutes, from 5): what comes to a phone later is no news and may mislead. */
const validity = 0x2f;

export interface Sms {
  /** International, digits alone after the plus sign. */
  readonly to: string;
  readonly text: string;
  /** Names the parts of one message to the phone: 0 to 255. */
  readonly reference: number;
  /** Whether the network is to say when it has arrived. */
  readonly report: boolean;
}

export interface Pdu {
  /** In capital hexadecimal digits, the service centre's address first: 00, as the card has it. */
  readonly hex: string;
  /** Bytes without the service centre's address: what AT+CMGS is given (TS 27.005, 4.3). */
  readonly length: number;
}

const hex = (bytes: Iterable<number>): string =>
  Array.from(bytes, (one) => one.toString(16).padStart(2, '0').toUpperCase()).join('');

/** Digits in pairs, each pair turned around, filled up with F (9.1.2.3). */
export const semiOctets = (digits: string): readonly number[] =>
  Array.from({ length: Math.ceil(digits.length / 2) }, (_, i) => {
    const [low, high] = [digits[2 * i], digits[2 * i + 1] ?? 'f'];
    return Number.parseInt(`${high}${low}`, 16);
  });

/** Errors: Fault `config` for a number that is none, or a text of more than `mostParts`. */
export function submitsOf({ to, text, reference, report }: Sms): readonly Pdu[] {
  const digits = /^\+([1-9]\d{5,14})$/.exec(to)?.[1];
  if (digits === undefined) throw new Fault('config', `"${to}" is no number; must be like +77010000000`);
  const parts = partsOf(text.toWellFormed());
  if (parts.length > mostParts)
    throw new Fault(
      'config',
      `a text of ${text.length} characters is more than ${mostParts} short messages; nothing was sent`,
    );
  return parts.map((part, i) => {
    const header = parts.length > 1 ? [5, 0, 3, reference & 0xff, parts.length, i + 1] : [];
    // 9.2.2.2: SMS-SUBMIT with a relative period of validity; a header of user data and a status report where wanted.
    const first = 0x01 | 0x10 | (header.length > 0 ? 0x40 : 0) | (report ? 0x20 : 0);
    const address = [digits.length, 0x91, ...semiOctets(digits)];
    const isWide = part.septets === null;
    const rest = [0, isWide ? 0x08 : 0x00, validity, ...userData(part, header)];
    const bytes = [first, 0, ...address, ...rest];
    return { hex: hex([0, ...bytes]), length: bytes.length };
  });
}

interface Part {
  readonly text: string;
  readonly septets: readonly number[] | null;
}

function userData({ text, septets }: Part, header: readonly number[]): readonly number[] {
  if (septets === null) {
    const body = [...header, ...ucs2(text)];
    return [body.length, ...body];
  }
  // The text begins at a septet behind the header (9.2.3.24).
  const skip = header.length * 8;
  const filled = Math.ceil(skip / 7);
  const bytes = [...packed(septets, filled * 7)];
  header.forEach((one, i) => {
    bytes[i] = one;
  });
  return [filled + septets.length, ...bytes];
}

/** By the alphabet that holds all of it; no character is cut in two. */
function partsOf(text: string): readonly Part[] {
  const septets = septetsOf(text);
  const characters = [...text];
  const sizes = septets ? septets.map((one) => one.length) : characters.map((one) => one.length * 2);
  const whole = septets ? mostSeptets : mostBytes;
  const each = septets ? mostSeptets - Math.ceil((partHeader * 8) / 7) : mostBytes - partHeader;
  const total = sizes.reduce((sum, one) => sum + one, 0);
  const cuts = total <= whole ? [characters.length] : cutsOf(sizes, each);
  return cuts.map((to, i) => {
    const from = cuts[i - 1] ?? 0;
    return { text: characters.slice(from, to).join(''), septets: septets?.slice(from, to).flat() ?? null };
  });
}

/** Ends of runs of at most `each`. */
function cutsOf(sizes: readonly number[], each: number): readonly number[] {
  const cuts: number[] = [];
  let used = 0;
  sizes.forEach((size, i) => {
    if (used + size > each) {
      cuts.push(i);
      used = 0;
    }
    used += size;
  });
  return [...cuts, sizes.length];
}
