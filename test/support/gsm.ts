/** A telephone's side of short messages: reads what a modem is given, by 3GPP TS 23.040 and 23.038, with tables of its own; and a modem to talk to. */
import type { Clock } from '../../daemons/core/ports/clock.ts';
import { Fault } from '../../daemons/core/ports/fault.ts';
import type { Serial } from '../../daemons/core/ports/serial.ts';
import { stampAt } from './alerts.ts';

/** TS 23.038, 6.2.1, row by row. */
const rows = [
  '@£$¥èéùìòÇ\nØø\rÅå',
  'Δ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ',
  ' !"#¤%&\'()*+,-./',
  '0123456789:;<=>?',
  '¡ABCDEFGHIJKLMNO',
  'PQRSTUVWXYZÄÖÑÜ§',
  '¿abcdefghijklmno',
  'pqrstuvwxyzäöñüà',
];
const more = new Map<number, string>([
  ...[[10, '\f'] as const, [20, '^'] as const, [40, '{'] as const, [41, '}'] as const, [47, '\\'] as const],
  ...[[60, '['] as const, [61, '~'] as const, [62, ']'] as const, [64, '|'] as const, [101, '€'] as const],
]);

export interface Phoned {
  readonly to: string;
  readonly text: string;
  readonly wide: boolean;
  readonly wantsReport: boolean;
  readonly reference: number;
  /** Of a message of several parts: how many, and which. */
  readonly part: { readonly reference: number; readonly of: number; readonly n: number } | null;
}

/** An SMS-SUBMIT as its phone would show it; throws where it breaks a rule. */
export function phoned(hex: string, length: number): Phoned {
  const bytes = [...Buffer.from(hex, 'hex')];
  if (bytes.length * 2 !== hex.length || bytes[0] !== 0) throw new Error('not hexadecimal, or no empty service centre');
  if (bytes.length - 1 !== length) throw new Error(`AT+CMGS said ${length}, the PDU has ${bytes.length - 1}`);
  const [, first = 0, reference = 0, digits = 0, type = 0] = bytes;
  if ((first & 3) !== 1 || (first & 0x18) !== 0x10 || type !== 0x91) throw new Error('no SMS-SUBMIT of ours');
  const addressEnd = 5 + Math.ceil(digits / 2);
  const to = bytes
    .slice(5, addressEnd)
    .map((one) => `${(one & 15).toString(16)}${(one >> 4).toString(16)}`)
    .join('');
  const [pid, coding = 0, , size = 0] = bytes.slice(addressEnd);
  const data = bytes.slice(addressEnd + 4);
  if (pid !== 0 || (coding !== 0 && coding !== 8)) throw new Error('a coding of no use');
  const header = first & 0x40 ? data.slice(0, (data[0] ?? 0) + 1) : [];
  if (data.length > 140) throw new Error(`${data.length} bytes of user data`);
  if (data.length !== (coding === 8 ? size : Math.ceil((size * 7) / 8)))
    throw new Error('the length of user data is wrong');
  const bits = data.flatMap((one) => Array.from({ length: 8 }, (_, i) => (one >> i) & 1));
  const skipped = Math.ceil((header.length * 8) / 7);
  const septets = Array.from({ length: size - skipped }, (_, i) =>
    bits.slice((skipped + i) * 7, (skipped + i) * 7 + 7).reduce((sum, bit, at) => sum + bit * 2 ** at, 0),
  );
  const text = coding === 8 ? Buffer.from(data.slice(header.length)).swap16().toString('utf16le') : narrow(septets);
  const [, element, , partReference = 0, of = 0, n = 0] = header;
  if (header.length > 0 && element !== 0) throw new Error('a header of no use');
  return {
    to: `+${to.replace(/f$/, '')}`,
    text,
    wide: coding === 8,
    wantsReport: (first & 0x20) !== 0,
    reference,
    part: header.length > 0 ? { reference: partReference, of, n } : null,
  };
}

function narrow(septets: readonly number[]): string {
  let text = '';
  for (let i = 0; i < septets.length; i++) {
    const code = septets[i] ?? 0;
    if (code === 27) {
      i += 1;
      text += more.get(septets[i] ?? -1) ?? '?';
    } else text += rows[code >> 4]?.[code & 15] ?? '?';
  }
  return text;
}

/** What a modem says to a command: each text is one piece that comes in; null: nothing. `body`: of a message that was given at the prompt. */
export type Manner = (command: string, body: string | null) => readonly (string | Uint8Array)[];

/** Commands and bodies that were written whole, and what is behind them; an escape gives up what is before it. */
export function writtenIn(written: string): {
  readonly rest: string;
  readonly all: readonly { text: string; isBody: boolean }[];
} {
  const all: { text: string; isBody: boolean }[] = [];
  let text = '';
  for (const one of written) {
    if (one === '\r' || one === '\u001a') all.push({ text, isBody: one !== '\r' });
    text = one === '\r' || one === '\u001a' || one === '\u001b' ? '' : text + one;
  }
  return { rest: text, all };
}

/** A modem on a line in memory, with a clock that goes on with each look. */
export function memoryModem(manner: Manner) {
  const commands: string[] = [];
  let waiting: Uint8Array[] = [];
  let [written, nowMs, reads] = ['', 1_790_000_000_000, 0];
  const clock: Clock = {
    now: () => stampAt(nowMs),
    sleep: async (ms) => {
      nowMs += ms;
    },
  };
  const serial: Serial = {
    transact: (work) =>
      work({
        write: async (bytes) => {
          const { rest, all } = writtenIn(written + Buffer.from(bytes).toString('latin1'));
          written = rest;
          for (const { text, isBody } of all) {
            commands.push(text);
            const said = manner(isBody ? '' : text, isBody ? text : null);
            waiting.push(...said.map((one) => (typeof one === 'string' ? Buffer.from(one, 'latin1') : one)));
          }
        },
        read: async (timeoutMs) => {
          reads += 1;
          const next = waiting.shift();
          nowMs += next ? 1 : timeoutMs;
          if (!next) throw new Fault('timeout', `nothing came within ${timeoutMs} ms`);
          return next;
        },
        discard: () => {
          waiting = [];
        },
      }),
    close: async () => {},
  };
  return {
    ...{ serial, clock, commands },
    get passedMs() {
      return nowMs - 1_790_000_000_000;
    },
    get reads() {
      return reads;
    },
  };
}

/** A modem that does what it should. `news`: what it says instead, or as well. */
export const goodManner =
  (news: Manner = () => []): Manner =>
  (command, body) => {
    const other = news(command, body);
    if (other.length > 0) return other;
    if (body !== null) return ['\r\n+CMGS: 7\r\n\r\nOK\r\n'];
    if (command.startsWith('AT+CMGS=')) return ['\r\n> '];
    if (command === 'AT+CPIN?') return ['\r\n+CPIN: READY\r\n\r\nOK\r\n'];
    if (command === 'AT+CREG?') return ['\r\n+CREG: 0,1\r\n\r\nOK\r\n'];
    return ['\r\nOK\r\n'];
  };
