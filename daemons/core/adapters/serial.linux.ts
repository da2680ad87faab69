import { stat } from 'node:fs/promises';
import type { SerialPort } from 'serialport';
import { turns } from '../flow/turns.ts';
import { Fault, isFault } from '../ports/fault.ts';
import type { Serial } from '../ports/serial.ts';
import { received } from './serial.received.ts';

export interface SerialDevice {
  readonly path: string;
  readonly baudRate: number;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

/**
 * A UART, RS-485 or USB adapter through `serialport`. Opened at the first use and again after it was unplugged; what is
 * native loads only then. Errors: Fault `absent` with the kernel's own words.
 */
export function openSerialLinux(device: SerialDevice): Serial {
  const inTurn = turns();
  const input = received();
  let port: SerialPort | null = null;
  let node: string | null = null;

  const open = async (): Promise<SerialPort> => {
    if (port?.isOpen) return port;
    const module = await import('serialport');
    const { path, baudRate, parity, stopBits } = device;
    const opened = new module.SerialPort({ path, baudRate, parity, stopBits, dataBits: 8, autoOpen: false });
    await new Promise<void>((resolve, reject) => {
      opened.open((error) => (error ? reject(new Fault('absent', `${path}: ${error.message}`, error)) : resolve()));
    });
    port = opened;
    input.restart();
    // Before anything else is waited for: one that is pulled in that moment says so once.
    opened.on('data', (bytes: Buffer) => input.push(bytes));
    opened.on('error', () => {
      // 'close' follows and says it to whoever waits.
    });
    opened.on('close', () => {
      if (port !== opened) return;
      port = null;
      input.fail(closed());
    });
    node = await nodeAt(path);
    return opened;
  };

  const closed = (): Fault => new Fault('absent', `${device.path} was unplugged or closed`);

  /** serialport keeps what is written to a closed port for when it is opened again, which is never: its word would not come. */
  const writeTo = (line: SerialPort, bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      if (!line.isOpen) return reject(closed());
      const onClose = (): void => reject(closed());
      line.once('close', onClose);
      line.write(bytes, (error) => {
        line.off('close', onClose);
        if (error) reject(new Fault('absent', `${device.path}: ${error.message}`, error));
        else resolve();
      });
    });

  /** Bytes in time; a line that is silent because its device is gone is told as that. */
  const take = async (timeoutMs: number): Promise<Uint8Array> => {
    try {
      return await input.take(timeoutMs);
    } catch (error) {
      if (!isFault(error) || error.kind !== 'timeout' || !port || (await nodeAt(device.path)) === node) throw error;
      const gone = port;
      port = null;
      const why = new Fault('absent', `${device.path} was unplugged`, error);
      input.fail(why);
      if (gone.isOpen) gone.close(() => {});
      throw why;
    }
  };

  return {
    transact: (work) =>
      inTurn(async () => {
        const line = await open();
        return work({
          write: (bytes) => writeTo(line, bytes),
          read: take,
          discard: input.discard,
        });
      }),
    close: () =>
      new Promise((resolve) => {
        if (port?.isOpen) port.close(() => resolve());
        else resolve();
      }),
  };
}

/**
 * Which device a path leads to now. A port that is pulled in the moment of its opening tells nobody (serialport 13 on Linux): its
 * descriptor stays open, silent, and takes the number that the device would have again.
 */
const nodeAt = (path: string): Promise<string | null> =>
  stat(path).then(
    ({ dev, ino }) => `${dev}/${ino}`,
    () => null,
  );
