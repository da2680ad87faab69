import type { PromisifiedBus } from 'i2c-bus';
import { turns } from '../flow/turns.ts';
import { Fault, type FaultKind } from '../ports/fault.ts';
import type { I2c } from '../ports/i2c.ts';

/**
 * What the kernel says and what it means. A part that does not answer is ENXIO on most adapters and EREMOTEIO on the
 * Raspberry Pi's bcm2835 (hardware-tests.md): both are a NACK. The rest means that the adapter itself is gone.
 */
const kinds: Readonly<Record<string, FaultKind>> = {
  ENXIO: 'nack',
  EREMOTEIO: 'nack',
  ETIMEDOUT: 'timeout',
  EAGAIN: 'timeout',
  ENODEV: 'absent',
  ENOENT: 'absent',
  EIO: 'absent',
  EBADF: 'absent',
  ESHUTDOWN: 'absent',
  EPROTO: 'absent',
  EACCES: 'absent',
};

/**
 * What the kernel's answer to a transaction means, or null for a thing thrown that is no answer of a kernel. An errno that
 * is not in the table is still the world's: the adapter is opened anew.
 */
export function faultOfErrno(error: unknown, what: string): Fault | null {
  const { code = '', errno, message } = error as NodeJS.ErrnoException;
  const kind = kinds[code] ?? (errno === undefined ? undefined : 'absent');
  return kind === undefined ? null : new Fault(kind, `${what}: ${message}`, error);
}

/** A `/dev/i2c-N` through `i2c-bus`. Opened at the first use and again after the adapter went away. */
export function openI2cLinux({ bus }: { readonly bus: number }): I2c {
  const inTurn = turns();
  let opened: PromisifiedBus | null = null;

  const on = <T>(what: string, work: (bus: PromisifiedBus) => Promise<T>): Promise<T> =>
    inTurn(async () => {
      try {
        // i2c-bus exists as CommonJS only: what is needed is on its default export.
        opened ??= await (await import('i2c-bus')).default.openPromisified(bus);
        return await work(opened);
      } catch (error) {
        const found = faultOfErrno(error, `/dev/i2c-${bus} ${what}`);
        if (found === null) throw error;
        if (found.kind === 'absent') {
          // The handle of an adapter that was unplugged never works again; closing it can only fail.
          await opened?.close().catch(() => {});
          opened = null;
        }
        throw found;
      }
    });

  return {
    write: async (address, bytes) => {
      const buffer = Buffer.from(bytes);
      await on(`write to ${address}`, (handle) => handle.i2cWrite(address, buffer.length, buffer));
    },
    read: async (address, length) => {
      const { buffer, bytesRead } = await on(`read from ${address}`, (handle) =>
        handle.i2cRead(address, length, Buffer.alloc(length)),
      );
      if (bytesRead !== length)
        throw new Fault('protocol', `/dev/i2c-${bus} ${address}: ${bytesRead} bytes of ${length}`);
      return Uint8Array.from(buffer);
    },
    close: async () => {
      await opened?.close();
      opened = null;
    },
  };
}
