/** What a guest asks of its kernel: devices that are plugged in and pulled out, and where they came to be. Its report ends it. */
import { existsSync, globSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SerialDevice } from '../captures/serial-parts.ts';
import { type BusTrouble, mcp2221 } from './mcp2221.ts';
import { cdcAcm, tinyUsb, type Wired } from './usb-models.ts';
import { type Plugged, plug } from './usbip.ts';

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
export interface Plug<W> {
  /** Its name in `/dev`. */
  readonly device: string;
  put(wired: W): void;
  unplug(): void;
  again(): Promise<void>;
}

async function plugOf<W>(
  empty: W,
  plugIn: (wired: () => W) => Promise<Plugged>,
  deviceNow: () => string | null,
): Promise<Plug<W>> {
  let wired = empty;
  const put = (): Promise<Plugged> => plugged(() => plugIn(() => wired), deviceNow);
  let one = await put();
  const device = await until(deviceNow);
  return {
    device,
    put: (next) => {
      wired = next;
    },
    unplug: () => one.unplug(),
    again: async () => {
      await until(() => (existsSync(`/dev/${device}`) ? null : true));
      one = await put();
      const found = await until(deviceNow);
      if (found !== device) throw new Error(`${device} came back as ${found}`);
    },
  };
}

const bare: Wired = { parts: new Map() };

export const tinyPlug = (vhciPort: number): Promise<Plug<Wired>> =>
  plugOf(
    bare,
    (wired) => plug(tinyUsb(wired), vhciPort),
    () => busAt(vhciPort),
  );
export const mcpPlug = (vhciPort: number, trouble: () => BusTrouble | null): Promise<Plug<Wired>> =>
  plugOf(
    bare,
    (wired) => plug(mcp2221(wired, trouble), vhciPort),
    () => busAt(vhciPort),
  );
export const linePlug = (vhciPort: number): Promise<Plug<SerialDevice | null>> =>
  plugOf<SerialDevice | null>(
    null,
    (device) => plug(cdcAcm(device), vhciPort),
    () => ttyAt(vhciPort),
  );

/** The last word of a guest, which its test reads: what it found, and which cases of which drivers it ran. */
export function report(found: unknown, ran: Readonly<Record<string, readonly string[]>> = {}): never {
  process.stdout.write(`${JSON.stringify({ kernel: os.release(), ran, found })}\n`);
  process.exit(0);
}
