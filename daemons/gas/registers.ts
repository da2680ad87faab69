import { Fault } from '../core/ports/fault.ts';
import type { I2c } from '../core/ports/i2c.ts';

/** The registers of an I2C part from one on, whose number is written first. */
export async function readRegisters(bus: I2c, address: number, from: number, length: number): Promise<Uint8Array> {
  await bus.write(address, Uint8Array.of(from));
  return bus.read(address, length);
}

/**
 * Blocks of registers that never change, one behind the other. They are read twice, because a bus without checksums may
 * spoil one, and a wrong trimming value would bend every reading until the part is opened again.
 * Errors: Fault `checksum` when the two differ.
 */
export async function readTrim(
  bus: I2c,
  address: number,
  blocks: readonly (readonly [from: number, length: number])[],
): Promise<Uint8Array> {
  const once = async (): Promise<Uint8Array> => {
    const bytes: number[] = [];
    for (const [from, length] of blocks) bytes.push(...(await readRegisters(bus, address, from, length)));
    return Uint8Array.from(bytes);
  };
  const [first, second] = [await once(), await once()];
  if (Buffer.compare(first, second) === 0) return first;
  throw new Fault(
    'checksum',
    `the trimming values of the part at 0x${address.toString(16)} were read differently twice`,
  );
}
