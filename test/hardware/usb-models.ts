/** Two USB devices that the stock kernel drives: an I2C adapter and a serial port. What hangs on them is a model. */
import type { SimulatedPart } from '../../daemons/tools/simulate/devices/ads1115.ts';
import type { SerialDevice } from '../captures/serial-parts.ts';
import type { UsbModel } from './usbip.ts';

export function deviceDescriptor(vendor: number, product: number, kind: number): Buffer {
  const bytes = Buffer.from([18, 1, 0, 2, kind, 0, 0, 64, 0, 0, 0, 0, 1, 2, 1, 2, 3, 1]);
  bytes.writeUInt16LE(vendor, 8);
  bytes.writeUInt16LE(product, 10);
  return bytes;
}

export const configuration = (interfaces: number, body: readonly number[]): Buffer =>
  Buffer.from([9, 2, 9 + body.length, 0, interfaces, 1, 0, 0x80, 50, ...body]);

/** What hangs on an adapter: parts, and what becomes of the bytes that are read from them; fewer bytes are half an answer. */
export interface Wired {
  readonly parts: ReadonlyMap<number, SimulatedPart>;
  readonly spoil?: (bytes: Uint8Array) => Uint8Array;
}

const acknowledged = 1;
const notAcknowledged = 2;
/** I2C_FUNC_I2C and I2C_FUNC_SMBUS_EMUL of linux/i2c.h. */
const functions = Uint8Array.of(0x01, 0x00, 0xff, 0x0e);

/** An i2c-tiny-usb adapter (drivers/i2c/busses/i2c-tiny-usb.c): gives a whole `/dev/i2c-N`. */
export function tinyUsb(wired: () => Wired): UsbModel {
  let status = 0;
  const transfer = (setup: Buffer, data: Buffer): Uint8Array => {
    const { parts, spoil = (bytes) => bytes } = wired();
    const reads = (setup.readUInt16LE(2) & 1) === 1;
    const length = setup.readUInt16LE(6);
    const part = parts.get(setup.readUInt16LE(4));
    const answer = reads ? (part?.read(length, performance.now()) ?? null) : null;
    const well = reads ? answer !== null : (part?.write(data, performance.now()) ?? false);
    status = well ? acknowledged : notAcknowledged;
    return answer ? spoil(answer) : new Uint8Array(reads ? length : 0);
  };
  return {
    device: deviceDescriptor(0x0403, 0xc631, 0xff),
    configuration: configuration(1, [9, 4, 0, 0, 0, 0xff, 0, 0, 0]),
    strings: ['Fieldpost', 'i2c-tiny-usb', 'simulated'],
    control: (setup, data) => {
      const command = setup.readUInt8(1);
      if (command === 0) return setup.subarray(2, 4);
      if (command === 1) return functions;
      if (command === 2) return new Uint8Array(0);
      if (command === 3) return Uint8Array.of(status);
      return command <= 7 ? transfer(setup, data) : null;
    },
    bulk: () => [],
  };
}

/** How often an instrument that speaks by itself is let speak; real ones do each second. */
const tickMs = 200;

/** A CDC-ACM port (USB CDC PSTN 1.2, section 6.3): gives a `/dev/ttyACMn`, as many RS-485 adapters do. */
export function cdcAcm(device: () => SerialDevice | null): UsbModel {
  let lineCoding: Buffer = Buffer.from([0x80, 0x25, 0, 0, 0, 0, 8]);
  return {
    device: deviceDescriptor(0x2dae, 0x1016, 2),
    configuration: configuration(
      2,
      [
        [9, 4, 0, 0, 1, 2, 2, 1, 0, 5, 0x24, 0, 0x10, 1, 5, 0x24, 1, 0, 1, 4, 0x24, 2, 6, 5, 0x24, 6, 0, 1],
        [7, 5, 0x83, 3, 8, 0, 16, 9, 4, 1, 0, 2, 10, 0, 0, 0, 7, 5, 0x01, 2, 64, 0, 0, 7, 5, 0x82, 2, 64, 0, 0],
      ].flat(),
    ),
    strings: ['Fieldpost', 'analyzer', 'simulated'],
    control: (setup, data) => {
      const request = setup.readUInt8(1);
      if (request === 0x21) return lineCoding;
      if (request === 0x20) lineCoding = Buffer.from(data);
      return [0x20, 0x22, 0x23].includes(request) ? new Uint8Array(0) : null;
    },
    bulk: (bytes) => device()?.receive(bytes) ?? [],
    attach: (say) => {
      const speaks = setInterval(() => {
        const said = device()?.tick?.();
        if (said) say(said);
      }, tickMs);
      return () => clearInterval(speaks);
    },
  };
}
