/** What the guest asks of its kernel: where a plugged device came to be, and what a driver says of a part behind it. */
import { existsSync, globSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openI2cLinux } from '../../daemons/core/adapters/i2c.linux.ts';
import { openSerialLinux } from '../../daemons/core/adapters/serial.linux.ts';
import type { Driver } from '../../daemons/core/driver.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import type { I2c } from '../../daemons/core/ports/i2c.ts';
import type { Serial } from '../../daemons/core/ports/serial.ts';
import { driverOf } from '../../daemons/gas/drivers.ts';
import { lazyDriver } from '../../daemons/gas/lazy-driver.ts';
import type { SerialDevice } from '../captures/serial-parts.ts';
import { mcp2221 } from './mcp2221.ts';
import { cdcAcm, tinyUsb, type Wired } from './usb-models.ts';
import { type Plugged, plug } from './usbip.ts';

export const clock = systemClock();

/** Waits until the kernel has done something; the test that started this kernel ends it when it never does. */
export async function until<T>(find: () => T | null): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== null) return found;
    await sleep(50);
  }
}

/** The device node of what is plugged into a port of the virtual host controller; `below` is where its driver puts it. */
function deviceAt(vhciPort: number, below: readonly string[]): string | null {
  const folder = `/sys/devices/platform/vhci_hcd.0/usb1/1-${vhciPort + 1}/1-${vhciPort + 1}:1.0`;
  const [found] = globSync(below.map((one) => `${folder}/${one}`));
  const name = found && path.basename(found);
  return name && existsSync(`/dev/${name}`) ? name : null;
}
export const busAt = (vhciPort: number): string | null => deviceAt(vhciPort, ['i2c-*', '0003:04D8:00DD.*/i2c-*']);
export const ttyAt = (vhciPort: number): string | null => deviceAt(vhciPort, ['tty/ttyACM*']);

/** The kernel gives a device that does not answer up after some tries of 5 s each. */
const patienceMs = 60_000;

/** A guest that stood still may not answer the kernel in time when it asks what is there: then it is plugged in once more. */
export async function plugged(plugIn: () => Promise<Plugged>, deviceNow: () => string | null): Promise<Plugged> {
  for (;;) {
    const one = await plugIn();
    const endMs = performance.now() + patienceMs;
    while (performance.now() < endMs) {
      if (deviceNow()) return one;
      await sleep(100);
    }
    one.unplug();
  }
}

/** A port of the box with a plug that can be pulled. `put` hangs other things on it, `again` plugs it in after a pull. */
export interface Bench<P, W> {
  readonly port: P;
  put(wired: W): void;
  unplug(): void;
  again(): Promise<void>;
  /** Before the process ends: the kernel asks a device that is still open to close, and waits for it. */
  close(): Promise<void>;
}

interface Pluggable<W> {
  readonly plugIn: (wired: () => W) => Promise<Plugged>;
  readonly deviceNow: () => string | null;
}

async function bench<P extends I2c | Serial, W>(
  empty: W,
  { plugIn, deviceNow }: Pluggable<W>,
  open: (device: string) => P,
): Promise<Bench<P, W>> {
  let wired = empty;
  let plugged = await plugIn(() => wired);
  const device = await until(deviceNow);
  const port = open(device);
  return {
    port,
    put: (next) => {
      wired = next;
    },
    unplug: () => plugged.unplug(),
    again: async () => {
      await until(() => (existsSync(`/dev/${device}`) ? null : true));
      plugged = await plugIn(() => wired);
      const found = await until(deviceNow);
      if (found !== device) throw new Error(`${device} came back as ${found}`);
    },
    close: async () => {
      await port.close();
      plugged.unplug();
      await until(() => (existsSync(`/dev/${device}`) ? null : true));
    },
  };
}

const bare: Wired = { parts: new Map() };

/** An I2C adapter: an MCP2221 when it is told whether parts stretch the clock, an i2c-tiny-usb otherwise. */
export const i2cBench = (vhciPort: number, stretches?: (writing: boolean) => boolean): Promise<Bench<I2c, Wired>> =>
  bench(
    bare,
    {
      plugIn: (wired) => plug(stretches ? mcp2221(wired, stretches) : tinyUsb(wired), vhciPort),
      deviceNow: () => busAt(vhciPort),
    },
    (device) => openI2cLinux({ bus: Number(device.slice('i2c-'.length)) }),
  );

export const openLine = (device: string): Serial =>
  openSerialLinux({ path: `/dev/${device}`, baudRate: 9600, parity: 'none', stopBits: 1 });

export const serialBench = (vhciPort: number): Promise<Bench<Serial, SerialDevice | null>> =>
  bench<Serial, SerialDevice | null>(
    null,
    { plugIn: (device) => plug(cdcAcm(device), vhciPort), deviceNow: () => ttyAt(vhciPort) },
    openLine,
  );

/** A part on a port as the gas daemon has it: opened at its first look, and again after it may have been away. */
export function sensorOn(part: string, options: Readonly<Record<string, unknown>>, port: I2c | Serial): Driver {
  const sensor = { id: part, part, serial: 'S-1', port: 'bench', options };
  const i2c = driverOf(part, part).port === 'i2c';
  return lazyDriver(
    sensor,
    {
      i2c: new Map(i2c ? [['bench', port as I2c]] : []),
      serial: new Map(i2c ? [] : [['bench', port as Serial]]),
    },
    clock,
  );
}

/** The samples of one look, or the kind of its fault. */
export const look = (driver: Driver): Promise<unknown> =>
  driver.read().catch((error: unknown) => {
    if (!isFault(error)) throw error;
    return { fault: error.kind };
  });

/** The last word of a guest, which its test reads: what it found, and which cases of which drivers it ran. */
export function report(found: unknown, ran: Readonly<Record<string, readonly string[]>> = {}): never {
  process.stdout.write(`${JSON.stringify({ kernel: os.release(), ran, found })}\n`);
  process.exit(0);
}
