import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Gpio as SysfsLine } from 'onoff';
import type { Clock } from '../ports/clock.ts';
import { Fault, type FaultKind } from '../ports/fault.ts';
import type { Gpio, GpioAddress } from '../ports/gpio.ts';
import { edgeQueue } from './gpio.edges.ts';
import { findLine, type GpioChip, spoken } from './gpio.lines.ts';

const sysfs = '/sys/class/gpio';
/** sysfs wakes nobody when a chip goes away: it is asked so often, in ms. */
const lookMs = 1000;

const kinds: Readonly<Record<string, FaultKind>> = {
  EBUSY: 'refused',
  EACCES: 'refused',
  EPERM: 'refused',
  EINVAL: 'config',
};

interface SysfsChip extends GpioChip {
  /** The number of its first line. Kernels move it (0 and 512 on one Raspberry Pi): only label and offset stay. */
  readonly base: number;
}

/** The chips by their folders. sysfs itself knows no names of lines; a device tree does (its gpio-line-names). */
export function sysfsChips(folder: string): SysfsChip[] {
  const text = (file: string): string => readFileSync(path.join(folder, file), 'utf8').trim();
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^gpiochip\d+$/.test(name)) : [];
  return names.sort().map((chip) => {
    const inTree = path.join(folder, chip, 'device/of_node/gpio-line-names');
    const named = existsSync(inTree) ? readFileSync(inTree, 'utf8').split('\0') : [];
    return {
      file: path.join(folder, chip),
      label: text(`${chip}/label`),
      base: Number(text(`${chip}/base`)),
      lines: Array.from({ length: Number(text(`${chip}/ngpio`)) }, (_, offset) => named[offset] ?? ''),
    };
  });
}

/**
 * Lines through sysfs and `onoff`, for kernels that still have it and no character device of version 2. What it cannot do
 * it says: no bias, times taken by us and not by the kernel, pulses that are over before we look are not seen. It knows no
 * owner either: a line that another program exported is taken over; only one that the character device holds is refused.
 */
export function openGpioOnoff(clock: Clock): Gpio {
  const open = new Map<number, () => void>();

  const on = <T>(line: GpioAddress, call: () => T): T => {
    try {
      return call();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (error instanceof Fault || code === undefined) throw error;
      throw new Fault(kinds[code] ?? 'absent', `GPIO line ${spoken(line)}: ${message}`, error);
    }
  };

  interface Wanted {
    readonly direction: 'in' | 'high' | 'low';
    readonly edges: boolean;
    readonly activeLow: boolean;
  }
  const request = async (line: GpioAddress, wanted: Wanted): Promise<[number, SysfsLine]> => {
    const { direction, edges, activeLow } = wanted;
    // What is native loads at the first use.
    const { Gpio: OnoffLine } = await import('onoff');
    const chips = sysfsChips(sysfs);
    if ('name' in line && chips.length > 0 && chips.every(({ lines }) => lines.every((name) => name === '')))
      throw new Fault('config', `GPIO line ${spoken(line)}: sysfs knows no names of lines here; give chip and offset`);
    const { chip, offset } = findLine(chips, line, []);
    const number = (chips.find(({ file }) => file === chip.file)?.base ?? 0) + offset;
    if (open.has(number)) throw new Fault('refused', `GPIO line ${spoken(line)} is held by this program already`);
    const exported = existsSync(`${sysfs}/gpio${number}`);
    return on(line, () => {
      try {
        const native = new OnoffLine(number, direction, edges ? 'both' : 'none', { activeLow });
        // onoff passes over what it cannot set on a line that was exported before.
        const is = native.direction();
        if (is !== (direction === 'in' ? 'in' : 'out') || native.activeLow() !== activeLow)
          throw new Fault('refused', `GPIO line ${spoken(line)} stays what another program made it: ${is}`);
        return [number, native];
      } catch (error) {
        if (!exported && existsSync(`${sysfs}/gpio${number}`)) writeFileSync(`${sysfs}/unexport`, String(number));
        throw error;
      }
    });
  };

  const owned = (number: number, native: SysfsLine, ended: () => void): (() => Promise<void>) => {
    const end = (): void => {
      if (!open.delete(number)) return;
      ended();
      native.unexport();
    };
    open.set(number, end);
    return async () => end();
  };

  return {
    input: async (line, { activeLow = false, bias = 'as-is', debounceMs = 0, edges = true } = {}) => {
      if (bias !== 'as-is')
        throw new Fault('config', `GPIO line ${spoken(line)}: sysfs sets no bias; a resistor does, or the chardev`);
      const [number, native] = await request(line, { direction: 'in', edges, activeLow });
      const queue = edgeQueue();
      let last = native.readSync() === 1;
      let settling: NodeJS.Timeout | undefined;
      const take = (): void =>
        guarded(() => {
          const level = native.readSync() === 1;
          if (level === last) return;
          last = level;
          queue.push({ level, at: clock.now(), missed: null });
        });
      const guarded = (call: () => void): void => {
        try {
          on(line, call);
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          clearInterval(timer);
          native.unwatchAll();
          queue.fail(error);
        }
      };
      const timer = setInterval(() => guarded(() => native.readSync()), lookMs).unref();
      const close = owned(number, native, () => {
        clearInterval(timer);
        clearTimeout(settling);
        queue.end();
      });
      if (edges)
        // What an event says of the level may be older than the line is now: each is only a reason to look.
        native.watch(() => {
          clearTimeout(settling);
          if (debounceMs > 0) settling = setTimeout(take, debounceMs);
          else take();
        });
      return {
        read: async () => on(line, () => native.readSync() === 1),
        edges: () => {
          if (!edges) throw new Fault('config', `GPIO line ${spoken(line)} was asked for without edges`);
          return queue.edges();
        },
        close,
      };
    },
    output: async (line, { activeLow = false, initial }) => {
      // `high` and `low` of sysfs are the level of the wire: active low is not turned round there.
      const direction = initial === activeLow ? 'low' : 'high';
      const [number, native] = await request(line, { direction, edges: false, activeLow });
      return {
        write: async (level) => on(line, () => native.writeSync(level ? 1 : 0)),
        read: async () => on(line, () => native.readSync() === 1),
        close: owned(number, native, () => {}),
      };
    },
    close: async () => {
      for (const end of [...open.values()]) end();
    },
  };
}
