import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../ports/clock.ts';
import { Fault, type FaultKind } from '../ports/fault.ts';
import type { Gpio, GpioAddress, GpioInputOptions } from '../ports/gpio.ts';
import type { Stamp } from '../values/stamp.ts';
import { edgeQueue } from './gpio.edges.ts';
import { findLine, type GpioChip, spoken } from './gpio.lines.ts';
import { type Addon, errnoOf, lineFlags, loadAddon, type NativeLine } from './native/addon.ts';

/** Kernels before 6.6 do not wake who waits for edges when the chip goes away: it is asked so often, in ms. */
const lookMs = 1000;
const consumer = 'fieldpost';

const kinds: Readonly<Record<string, FaultKind>> = {
  EBUSY: 'refused',
  EACCES: 'refused',
  EPERM: 'refused',
  EINVAL: 'config',
  ENXIO: 'config',
};
const hints: Readonly<Record<string, string>> = {
  EACCES: '; the user must be in the group gpio',
  EPERM: '; the kernel keeps this line for itself or does not let it change its direction',
  ENXIO: '; this chip tells of no edges: ask for the line without them',
};

const biases = {
  'as-is': 0,
  disabled: lineFlags.biasDisabled,
  'pull-up': lineFlags.pullUp,
  'pull-down': lineFlags.pullDown,
} as const;

const inputFlags = ({ activeLow, bias, edges }: GpioInputOptions): number =>
  lineFlags.input |
  (activeLow ? lineFlags.activeLow : 0) |
  (edges === false ? 0 : lineFlags.bothEdges) |
  biases[bias ?? 'as-is'];

/** The stamp of a moment that the kernel told in its monotonic time. */
function stampAt(monoNs: number, clock: Clock): Stamp {
  const now = clock.now();
  return { ...now, monoNs, wallMs: now.wallMs - (now.monoNs - monoNs) / 1e6 };
}

/** Every chip once: a box may have links to its chips beside them (the Raspberry Pi 5 has a gpiochip4). */
function chipsOf(addon: Addon): { chips: GpioChip[]; unread: string[] } {
  const chips = new Map<string, GpioChip>();
  const unread: string[] = [];
  const names = readdirSync('/dev').filter((name) => /^gpiochip\d+$/.test(name));
  for (const file of names.map((name) => path.join('/dev', name)).sort()) {
    try {
      const { name, label, lines } = addon.chip(file);
      if (!chips.has(name)) chips.set(name, { file, label, lines: lines.map((line) => line.name) });
    } catch (error) {
      const code = errnoOf(error);
      if (code === null) throw error;
      // One that went away while we looked is no chip of this box.
      if (code === 'EACCES' || code === 'EPERM') unread.push(file);
    }
  }
  return { chips: [...chips.values()], unread };
}

/**
 * Lines through the GPIO character device, version 2 (Linux 5.10 and later), by our own addon. A bias that a chip cannot
 * set is not refused by the kernel: a board that needs one has a resistor. Errors of this call: as `loadAddon`.
 */
export function openGpioChardev(clock: Clock, addon: Addon = loadAddon()): Gpio {
  const open = new Set<() => void>();

  /** Runs a call on a line; what the kernel says against it becomes a fault that names the line. */
  const on = <T>(line: GpioAddress, call: () => T): T => {
    try {
      return call();
    } catch (error) {
      const code = errnoOf(error);
      if (code === null) throw error;
      throw new Fault(
        kinds[code] ?? 'absent',
        `GPIO line ${spoken(line)}: ${(error as Error).message} (${code})${hints[code] ?? ''}`,
        error,
      );
    }
  };

  interface Wanted {
    readonly flags: number;
    readonly debounceMs: number;
    readonly initial: boolean;
  }
  const request = (line: GpioAddress, { flags, debounceMs, initial }: Wanted): NativeLine => {
    const { chips, unread } = chipsOf(addon);
    const { chip, offset } = findLine(chips, line, unread);
    return on(line, () => {
      try {
        return addon.requestLine(chip.file, offset, flags, Math.round(debounceMs * 1000), initial, consumer);
      } catch (error) {
        if (errnoOf(error) !== 'EBUSY') throw error;
        const holder = addon.chip(chip.file).lines[offset]?.consumer;
        throw new Fault(
          'refused',
          `GPIO line ${spoken(line)} is held by another program${holder ? `, "${holder}"` : ''}`,
          error,
        );
      }
    });
  };

  const owned = (native: NativeLine, ended: () => void): (() => Promise<void>) => {
    const end = (): void => {
      addon.closeLine(native);
      ended();
      open.delete(end);
    };
    open.add(end);
    return async () => end();
  };

  return {
    input: async (line, options = {}) => {
      const native = request(line, {
        flags: inputFlags(options),
        debounceMs: options.debounceMs ?? 0,
        initial: false,
      });
      const queue = edgeQueue();
      let watched = false;
      let last = 0;
      const timer = setInterval(() => guarded(() => addon.level(native)), lookMs).unref();
      const guarded = (call: () => void): void => {
        try {
          on(line, call);
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          // It never works again, and its descriptor would wake us without end.
          clearInterval(timer);
          addon.closeLine(native);
          queue.fail(error);
        }
      };
      const take = (): void =>
        guarded(() => {
          const taken = addon.edges(native);
          for (let at = 0; at + 2 < taken.length; at += 3) {
            const [monoNs = 0, rising, count = 0] = taken.slice(at, at + 3);
            // The kernel counts up to 32 bits and round again.
            const missed = (count - last - 1) >>> 0;
            last = count;
            queue.push({ level: rising === 1, at: stampAt(monoNs, clock), missed });
          }
        });
      const close = owned(native, () => {
        clearInterval(timer);
        queue.end();
      });
      return {
        read: async () => on(line, () => addon.level(native)),
        edges: () => {
          if (options.edges === false)
            throw new Fault('config', `GPIO line ${spoken(line)} was asked for without edges`);
          if (!watched) guarded(() => addon.watch(native, take));
          watched = true;
          return queue.edges();
        },
        close,
      };
    },
    output: async (line, { activeLow, initial }) => {
      const flags = lineFlags.output | (activeLow ? lineFlags.activeLow : 0);
      const native = request(line, { flags, debounceMs: 0, initial });
      return {
        write: async (level) => on(line, () => addon.setLevel(native, level)),
        read: async () => on(line, () => addon.level(native)),
        close: owned(native, () => {}),
      };
    },
    close: async () => {
      for (const end of [...open]) end();
    },
  };
}
