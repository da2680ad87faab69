/** A Modbus RTU server (Modbus over Serial Line V1.02): function codes 3 and 4, exceptions, silence for other units. */
export interface ModbusModel {
  readonly unit: number;
  /** The 16-bit register at an address of a table, or null when there is none (exception 2). */
  register(table: 'holding' | 'input', address: number): number | null;
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
    const [unit = 0, code = 0, a1 = 0, a0 = 0, n1 = 0, n0 = 0] = request;
    if (unit !== model.unit) return null;
    if (code !== 3 && code !== 4) return sealed([unit, code | 0x80, 1]);
    const start = (a1 << 8) | a0;
    const count = (n1 << 8) | n0;
    if (count < 1 || count > 125) return sealed([unit, code | 0x80, 3]);
    const words = Array.from({ length: count }, (_, i) => model.register(code === 3 ? 'holding' : 'input', start + i));
    if (words.some((word) => word === null)) return sealed([unit, code | 0x80, 2]);
    return sealed([unit, code, count * 2, ...words.flatMap((word) => [(word ?? 0) >> 8, (word ?? 0) & 255])]);
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
