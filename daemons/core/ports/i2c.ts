/**
 * One I2C bus. Addresses are 7-bit, right-aligned. Every call is one bus transaction and callers are served in turn,
 * so that drivers need not know whether the bus is shared.
 * Errors: Fault `nack` (no answer at that address), `timeout`, `absent` (the adapter itself is gone).
 */
export interface I2c {
  write(address: number, bytes: Uint8Array): Promise<void>;
  /** Reads exactly `length` bytes, 1 to 255. */
  read(address: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}
