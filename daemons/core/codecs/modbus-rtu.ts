/** Modbus RTU frames (Modbus over Serial Line V1.02, section 2.5; Application Protocol V1.1b3, section 6). */
import { Fault } from '../ports/fault.ts';

export type Table = 'holding' | 'input';

/** Meaning of exception codes (Application Protocol V1.1b3, section 7). */
const exceptions: Readonly<Record<number, string>> = {
  1: 'illegal function',
  2: 'illegal data address: the register map in the board file does not fit this device',
  3: 'illegal data value',
  4: 'device failure',
  5: 'acknowledge: still busy',
  6: 'device busy',
  8: 'memory parity error',
  10: 'gateway path unavailable',
  11: 'gateway target does not respond',
};

/** A device's refusal, in the words of the specification. */
export const refusal = (unit: number, code: number): Fault =>
  new Fault('refused', `unit ${unit} answers exception ${code} (${exceptions[code] ?? 'unknown'})`);

/** What each byte adds to a CRC: a box computes two for every look at an analyzer. */
const crcOfByte = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  return crc;
});

/** CRC-16 with polynomial 0xA001 (reflected), start 0xffff, of the bytes from `start` to `end`; sent low byte first. */
export function crc16(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0xffff;
  for (let i = start; i < end; i++) crc = (crc >>> 8) ^ (crcOfByte[(crc ^ (bytes[i] ?? 0)) & 255] ?? 0);
  return crc;
}

export const functionOf = (table: Table): number => (table === 'holding' ? 3 : 4);

/** The request for `count` registers from `start`: 8 bytes. */
export function readRequest(unit: number, table: Table, start: number, count: number): Uint8Array {
  return closed(Uint8Array.of(unit, functionOf(table), start >> 8, start & 255, count >> 8, count & 255, 0, 0));
}

/** The request to write one holding register: 8 bytes. The device's answer is the same 8 bytes. */
export function writeRequest(unit: number, register: number, value: number): Uint8Array {
  return closed(Uint8Array.of(unit, 6, register >> 8, register & 255, value >> 8, value & 255, 0, 0));
}

/** The frame with its CRC in the last two bytes. */
function closed(frame: Uint8Array): Uint8Array {
  const end = frame.length - 2;
  const crc = crc16(frame, 0, end);
  frame[end] = crc & 255;
  frame[end + 1] = crc >> 8;
  return frame;
}

/**
 * Whether a device has echoed a write; false while it has not. Errors: Fault `refused` for its exception.
 */
export function written(received: Uint8Array, request: Uint8Array): boolean {
  const [unit = 0, code = 0] = request;
  for (let at = 0; at + 5 <= received.length; at++) {
    const frame = received.subarray(at, at + 5);
    const crc = crc16(frame.subarray(0, 3));
    if (frame[0] === unit && frame[1] === (code | 0x80) && frame[3] === (crc & 255) && frame[4] === crc >> 8)
      throw refusal(unit, frame[2] ?? 0);
  }
  return Buffer.from(received).includes(Buffer.from(request));
}

export interface ReadRequest {
  readonly unit: number;
  readonly table: Table;
  readonly count: number;
}

/**
 * Looks for the answer to a request in what was received so far: its registers, or null while there is none. What stands
 * before it is passed over: noise, broken frames, answers of other units and to other questions.
 * Errors: Fault `refused` for an exception of the device itself.
 */
export const readResponse = (received: Uint8Array, request: ReadRequest): number[] | null =>
  scan(received, request).registers;

/**
 * What was heard in the place of an answer: Fault `protocol` for a sound frame of another unit, function or count,
 * `checksum` for a frame of the right shape (or an exception of this unit) whose CRC is wrong; null for silence or noise.
 */
export const wrongResponse = (received: Uint8Array, request: ReadRequest): Fault | null =>
  scan(received, request).wrong;

interface Scan {
  readonly registers: number[] | null;
  readonly wrong: Fault | null;
}

function scan(received: Uint8Array, request: ReadRequest): Scan {
  let wrong: Fault | null = null;
  let at = 0;
  while (at + 5 <= received.length) {
    const frame = frameAt(received, at);
    if (frame === null) {
      wrong ??= brokenAt(received, at, request);
      at += 1;
      continue;
    }
    const other = otherThan(frame, request);
    if (other === null) return { registers: registersOf(frame), wrong };
    // What a sound frame says is worth more than a broken one before it.
    if (wrong?.kind !== 'protocol') wrong = other;
    at += frame.length;
  }
  return { registers: null, wrong };
}

/** A whole frame with a right CRC at a place in the bytes: a read answer (3 or 4) or an exception to one. */
function frameAt(received: Uint8Array, at: number): Uint8Array | null {
  const code = received[at + 1] ?? 0;
  if ((code & 0x7f) !== 3 && (code & 0x7f) !== 4) return null;
  const end = at + (code & 0x80 ? 5 : 5 + (received[at + 2] ?? 0));
  if (end > received.length) return null;
  const crc = crc16(received, at, end - 2);
  return received[end - 2] === (crc & 255) && received[end - 1] === crc >> 8 ? received.subarray(at, end) : null;
}

/** Why a sound frame is not the answer; null when it is. Errors: Fault `refused` when it is the device's refusal. */
function otherThan(frame: Uint8Array, request: ReadRequest): Fault | null {
  const [unit, said, third] = firstThree(frame, 0);
  const code = functionOf(request.table);
  if (unit !== request.unit)
    return new Fault(
      'protocol',
      `unit ${unit} answered a question to unit ${request.unit}; check the addresses on this line`,
    );
  if ((said & 0x7f) !== code)
    return new Fault('protocol', `unit ${unit} answered function ${said & 0x7f}; asked was function ${code}`);
  if (said & 0x80) throw refusal(unit, third);
  if (third !== request.count * 2)
    return new Fault(
      'protocol',
      `unit ${unit} answered ${third} bytes; ${request.count} registers are ${request.count * 2}`,
    );
  return null;
}

/** Whether bytes that are no sound frame have the shape of the answer, or of a refusal of this unit, and all its length. */
function brokenAt(received: Uint8Array, at: number, request: ReadRequest): Fault | null {
  const [unit, said, third] = firstThree(received, at);
  const code = functionOf(request.table);
  const answer = said === code && third === request.count * 2 && at + 5 + third <= received.length;
  const refusal = said === (code | 0x80) && unit === request.unit;
  if (!answer && !refusal) return null;
  return new Fault('checksum', `the answer's CRC is wrong (${Buffer.from(received.subarray(at)).toString('hex')})`);
}

const firstThree = (bytes: Uint8Array, at: number): readonly [unit: number, code: number, third: number] => [
  bytes[at] ?? 0,
  bytes[at + 1] ?? 0,
  bytes[at + 2] ?? 0,
];

const registersOf = (frame: Uint8Array): number[] => registersFrom(frame, 3, frame.length - 2);

/** The 16-bit registers in the bytes from `start` to `end`, high byte first. */
export function registersFrom(bytes: Uint8Array, start = 0, end = bytes.length): number[] {
  const registers: number[] = [];
  for (let at = start; at + 2 <= end; at += 2) registers.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  return registers;
}
