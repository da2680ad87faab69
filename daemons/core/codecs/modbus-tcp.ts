/** Modbus TCP frames (MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 3.1): an MBAP header, no CRC. */
import { Fault } from '../ports/fault.ts';
import { functionOf, type ReadRequest, refusal, registersFrom } from './modbus-rtu.ts';

const headerLength = 7;
/** An answer's header counts its unit and what follows: at most 254 bytes (4.2 of the protocol's specification). */
const longest = 254;

/** A read request with its own number: 12 bytes. */
export function tcpReadRequest(transaction: number, request: ReadRequest & { readonly start: number }): Uint8Array {
  const { unit, table, start, count } = request;
  const body = [unit, functionOf(table), start >> 8, start & 255, count >> 8, count & 255];
  return Uint8Array.of(transaction >> 8, transaction & 255, 0, 0, 0, body.length, ...body);
}

/** A request to write one holding register: 12 bytes, and its answer is the same. */
export function tcpWriteRequest(transaction: number, unit: number, register: number, value: number): Uint8Array {
  const body = [unit, 6, register >> 8, register & 255, value >> 8, value & 255];
  return Uint8Array.of(transaction >> 8, transaction & 255, 0, 0, 0, body.length, ...body);
}

/**
 * The registers that answer request number `transaction`, or null while they have not come whole. Answers to other
 * numbers are passed over: they came after their time.
 * Errors: Fault `refused` for an exception of the device; `protocol` for an answer to another question or what is no
 * Modbus TCP, after which nothing on this connection can be told apart.
 */
export function tcpReadResponse(received: Uint8Array, transaction: number, request: ReadRequest): number[] | null {
  for (let at = 0; at + headerLength <= received.length; ) {
    const [t1 = 0, t0 = 0, p1 = 0, p0 = 0, l1 = 0, l0 = 0, unit = 0] = received.subarray(at, at + headerLength);
    const length = (l1 << 8) | l0;
    if (p1 !== 0 || p0 !== 0 || length < 3 || length > longest)
      throw new Fault(
        'protocol',
        'what came is no Modbus TCP; is this port a serial line through a gateway? (framing: rtu)',
      );
    const end = at + headerLength - 1 + length;
    if (end > received.length) return null;
    if (((t1 << 8) | t0) === transaction) return answered(received.subarray(at + headerLength, end), unit, request);
    at = end;
  }
  return null;
}

function answered(body: Uint8Array, unit: number, { unit: asked, table, count }: ReadRequest): number[] {
  const [code = 0, said = 0] = body;
  const wanted = functionOf(table);
  if (unit !== asked) throw new Fault('protocol', `unit ${unit} answered a question to unit ${asked}`);
  if (code === (wanted | 0x80)) throw refusal(unit, said);
  if (code !== wanted || said !== count * 2 || body.length !== 2 + said)
    throw new Fault(
      'protocol',
      `unit ${unit} answered function ${code} with ${said} bytes; asked was ${wanted}, ${count * 2}`,
    );
  return registersFrom(body.subarray(2));
}

/** Whether a device has echoed a write; false while it has not. Errors: Fault `refused` for its exception. */
export function tcpWritten(received: Uint8Array, request: Uint8Array): boolean {
  const refused = Uint8Array.of(...request.subarray(0, 5), 3, request[6] ?? 0, (request[7] ?? 0) | 0x80);
  const at = Buffer.from(received).indexOf(Buffer.from(refused));
  if (at >= 0 && at + 8 < received.length) throw refusal(request[6] ?? 0, received[at + 8] ?? 0);
  return Buffer.from(received).includes(Buffer.from(request));
}
