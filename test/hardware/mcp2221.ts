/**
 * A Microchip MCP2221A, USB to I2C over HID reports of 64 bytes (DS20005565, section 3.1), for the kernel's hid-mcp2221. Its
 * I2C engine gives up on a part that holds the clock, and says so: the kernel's ETIMEDOUT.
 */
import { configuration, deviceDescriptor, type Wired } from './usb-models.ts';
import type { UsbModel } from './usbip.ts';

const command = { status: 0x10, getData: 0x40, write: 0x90, read: 0x91 };
/** States of the I2C engine, as its answers name them. */
const engine = { idle: 0, busy: 1, addressNack: 0x25, addressTimeout: 0x23, dataTimeout: 0x44, readComplete: 0x55 };
const cancel = 0x10;
const setSpeed = 0x20;
const ackMissing = 0x40;

/** One vendor page, an input and an output report of 64 bytes (HID 1.11, section 6.2.2). */
const report = Buffer.from(
  '0600ff0901a101090115 0026ff0075089540 8102090215 0026ff0075089540 9102c0'.replaceAll(' ', ''),
  'hex',
);

/** A part that is written to, or read from, holds the clock line for ever; or another master has the bus, each time. */
export type BusTrouble = 'held in a write' | 'held in a read' | 'lost';

export function mcp2221(wired: () => Wired, trouble: () => BusTrouble | null): UsbModel {
  let state = engine.idle;
  let held: Uint8Array = new Uint8Array(0);

  function write(address: number, bytes: Uint8Array): readonly number[] {
    if (trouble() === 'lost') return [command.write, 1, engine.busy];
    if (trouble() === 'held in a write') state = engine.dataTimeout;
    else state = wired().parts.get(address)?.write(bytes, performance.now()) ? engine.idle : engine.addressNack;
    return [command.write, 0];
  }
  function read(address: number, length: number): readonly number[] {
    held = new Uint8Array(0);
    if (trouble() === 'lost') return [command.read, 1, engine.busy];
    if (trouble() === 'held in a read') return [command.read, 1, engine.addressTimeout];
    const answer = wired().parts.get(address)?.read(length, performance.now()) ?? null;
    state = answer ? engine.idle : engine.addressNack;
    held = answer ?? held;
    return [command.read, 0];
  }
  function status([, , cancels, speed]: Uint8Array): readonly number[] {
    if (cancels === cancel) state = engine.idle;
    const said = new Array<number>(21).fill(0);
    said[0] = command.status;
    said[2] = cancels === cancel ? cancel : 0;
    said[3] = speed === setSpeed ? setSpeed : 0;
    said[8] = state;
    said[20] = state === engine.addressNack ? ackMissing : 0;
    return said;
  }
  function answer(data: Uint8Array): readonly number[] {
    const [code = 0, low = 0, high = 0, address = 0] = data;
    const length = low + 256 * high;
    if (code === command.write) return write(address >> 1, data.subarray(4, 4 + length));
    if (code === command.read) return read(address >> 1, length);
    if (code === command.status) return status(data);
    if (code !== command.getData) return [code, 0];
    return state === engine.addressNack
      ? [code, 0, engine.addressNack, 0]
      : [code, 0, engine.readComplete, held.length, ...held];
  }
  return {
    device: deviceDescriptor(0x04d8, 0x00dd, 0),
    configuration: configuration(
      1,
      [
        [9, 4, 0, 0, 2, 3, 0, 0, 0, 9, 0x21, 0x11, 1, 0, 1, 0x22, report.length, 0],
        [7, 5, 0x82, 3, 64, 0, 1, 7, 5, 0x01, 3, 64, 0, 1],
      ].flat(),
    ),
    strings: ['Fieldpost', 'MCP2221 USB-I2C', 'simulated'],
    report,
    // SET_IDLE of HID asks for nothing here; what else a class may ask is stalled.
    control: (setup) => (setup.readUInt8(1) === 0x0a ? new Uint8Array(0) : null),
    bulk: (data) => {
      const said = answer(data);
      return [Uint8Array.from({ length: 64 }, (_, i) => said[i] ?? 0)];
    },
  };
}
