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

/** CRC-16 with polynomial 0xA001 (reflected), start 0xffff; sent low byte first. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}

const functionOf = (table: Table): number => (table === 'holding' ? 3 : 4);

/** The request for `count` registers from `start`: 8 bytes. */
export function readRequest(unit: number, table: Table, start: number, count: number): Uint8Array {
  const body = Uint8Array.of(unit, functionOf(table), start >> 8, start & 255, count >> 8, count & 255);
  const crc = crc16(body);
  return Uint8Array.of(...body, crc & 255, crc >> 8);
}

export interface ReadRequest {
  readonly unit: number;
  readonly table: Table;
  readonly count: number;
}

/**
 * Looks for the answer to a request in what was received so far: its registers, or null while more bytes are needed.
 * Noise before the answer is passed over. Errors, once the bytes can no longer become the answer: Fault `refused` for an
 * exception of the device, `protocol` for another unit, function or count, `checksum` for a frame (or an exception of this
 * unit) of the right shape whose CRC is wrong.
 */
export function readResponse(received: Uint8Array, request: ReadRequest): number[] | null {
  let broken: Fault | null = null;
  for (let at = 0; at + 5 <= received.length; at++) {
    const answer = answerAt(received, at, request);
    if (answer === 'partial') return null;
    if (answer === 'broken')
      broken = new Fault(
        'checksum',
        `the answer's CRC is wrong (${Buffer.from(received.subarray(at)).toString('hex')})`,
      );
    else if (answer !== 'nothing') return answer;
  }
  if (broken) throw broken;
  return null;
}

/** Whether the answer begins at a place in the bytes. */
function answerAt(received: Uint8Array, at: number, request: ReadRequest): number[] | 'nothing' | 'partial' | 'broken' {
  const code = functionOf(request.table);
  const [unit = 0, said = 0, third = 0] = received.subarray(at, at + 3);
  if ((said & 0x7f) !== code) {
    if (unit === request.unit && isOtherAnswer(received, at))
      throw new Fault('protocol', `unit ${unit} answered function ${said & 0x7f}; asked was function ${code}`);
    return 'nothing';
  }
  if (said & 0x80) {
    if (!whole(received, at, 5)) return unit === request.unit ? 'broken' : 'nothing';
    if (unit !== request.unit) throw wrongUnit(unit, request.unit);
    throw new Fault('refused', `unit ${unit} answers exception ${third} (${exceptions[third] ?? 'unknown'})`);
  }
  const length = 5 + request.count * 2;
  if (third !== request.count * 2) {
    if (unit === request.unit && isOtherAnswer(received, at))
      throw new Fault(
        'protocol',
        `unit ${unit} answered ${third} bytes; ${request.count} registers are ${request.count * 2}`,
      );
    return 'nothing';
  }
  if (at + length > received.length) return 'partial';
  if (!whole(received, at, length)) return 'broken';
  if (unit !== request.unit) throw wrongUnit(unit, request.unit);
  return Array.from(
    { length: request.count },
    (_, i) => ((received[at + 3 + i * 2] ?? 0) << 8) | (received[at + 4 + i * 2] ?? 0),
  );
}

/** Whether a whole answer of some other read, or an exception to another function, stands at a place in the bytes. */
function isOtherAnswer(received: Uint8Array, at: number): boolean {
  const [, said = 0, third = 0] = received.subarray(at, at + 3);
  const length = said & 0x80 ? 5 : 5 + third;
  return at + length <= received.length && whole(received, at, length);
}

const wrongUnit = (unit: number, asked: number): Fault =>
  new Fault('protocol', `unit ${unit} answered a question to unit ${asked}; check the addresses on this line`);

function whole(bytes: Uint8Array, at: number, length: number): boolean {
  const crc = crc16(bytes.subarray(at, at + length - 2));
  return bytes[at + length - 2] === (crc & 255) && bytes[at + length - 1] === crc >> 8;
}
