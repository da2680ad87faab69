/** A Modbus RTU server (Modbus over Serial Line V1.02): function codes 3 and 4, exceptions, silence for other units. */
export interface ModbusModel {
  readonly unit: number;
  /** The 16-bit register at an address of a table, or null when there is none (exception 2). */
  register(table: 'holding' | 'input', address: number): number | null;
  /** Takes a value for a holding register, or refuses the address (exception 2). Absent: function 6 is unknown to it. */
  store?(address: number, value: number): boolean;
  /** Whether it refuses a request because it has something else to do (exception 6). */
  busy?(): boolean;
}

type Pdu = readonly number[];

/** What a server says to a request without its address and its check: function codes 3, 4 and perhaps 6. */
function serve(model: ModbusModel, request: Uint8Array): Pdu {
  const [code = 0, a1 = 0, a0 = 0, n1 = 0, n0 = 0] = request;
  const start = (a1 << 8) | a0;
  const count = (n1 << 8) | n0;
  if (model.busy?.()) return [code | 0x80, 6];
  if (code === 6 && model.store) return model.store(start, count) ? [...request.subarray(0, 5)] : [0x86, 2];
  if (code !== 3 && code !== 4) return [code | 0x80, 1];
  if (count < 1 || count > 125) return [code | 0x80, 3];
  const words = Array.from({ length: count }, (_, i) => model.register(code === 3 ? 'holding' : 'input', start + i));
  if (words.some((word) => word === null)) return [code | 0x80, 2];
  return [code, count * 2, ...words.flatMap((word) => [(word ?? 0) >> 8, (word ?? 0) & 255])];
}

/** The same server behind Modbus TCP (MBAP header, section 3.1 of the TCP/IP guide). */
export function modbusTcpServer(model: ModbusModel): (bytes: Uint8Array) => Uint8Array[] {
  let waiting = new Uint8Array(0);
  return (bytes) => {
    waiting = Uint8Array.from([...waiting, ...bytes]);
    const answers: Uint8Array[] = [];
    while (waiting.length >= 12) {
      const [t1 = 0, t0 = 0, , , , , unit = 0] = waiting;
      const pdu = serve(model, waiting.slice(7, 12));
      waiting = waiting.slice(12);
      if (unit === model.unit) answers.push(Uint8Array.from([t1, t0, 0, 0, 0, pdu.length + 1, unit, ...pdu]));
    }
    return answers;
  };
}

function crc(bytes: Uint8Array): number {
  let rest = 0xffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xa001 : rest >>> 1;
  }
  return rest;
}

const sealed = (body: readonly number[]): Uint8Array => {
  const sum = crc(Uint8Array.from(body));
  return Uint8Array.from([...body, sum & 255, sum >> 8]);
};

/** A frame as another unit would have sent it. */
export const fromUnit = (frame: Uint8Array, unit: number): Uint8Array => sealed([unit, ...frame.subarray(1, -2)]);

/** Takes what arrives, gives what is answered. A request is 8 bytes; a byte that starts none is dropped. */
export function modbusServer(model: ModbusModel): (bytes: Uint8Array) => Uint8Array[] {
  let waiting = new Uint8Array(0);
  const answerTo = (request: Uint8Array): Uint8Array | null => {
    const [unit = 0] = request;
    return unit === model.unit ? sealed([unit, ...serve(model, request.subarray(1))]) : null;
  };
  return (bytes) => {
    waiting = Uint8Array.from([...waiting, ...bytes]).slice(-256);
    const answers: Uint8Array[] = [];
    while (waiting.length >= 8) {
      const frame = waiting.slice(0, 8);
      const sum = crc(frame.subarray(0, 6));
      if (frame[6] !== (sum & 255) || frame[7] !== sum >> 8) {
        waiting = waiting.slice(1);
        continue;
      }
      waiting = waiting.slice(8);
      const answer = answerTo(frame);
      if (answer) answers.push(answer);
    }
    return answers;
  };
}

/** An IEEE 754 number as two registers, most significant word first. */
export function floatRegisters(value: number): readonly [number, number] {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return [view.getUint16(0), view.getUint16(2)];
}
