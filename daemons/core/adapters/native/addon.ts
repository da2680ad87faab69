import { getSystemErrorName } from 'node:util';
import { Fault } from '../../ports/fault.ts';
import { loadNative } from './load.ts';

declare const requested: unique symbol;
/** A line that the kernel gave us; only the addon knows what is in it. */
export interface NativeLine {
  readonly [requested]: true;
}

/** The flags of a line (`enum gpio_v2_line_flag` of include/uapi/linux/gpio.h). */
export const lineFlags = {
  activeLow: 1 << 1,
  input: 1 << 2,
  output: 1 << 3,
  bothEdges: (1 << 4) | (1 << 5),
  pullUp: 1 << 8,
  pullDown: 1 << 9,
  biasDisabled: 1 << 10,
} as const;

export interface NativeChip {
  /** The kernel's own name, `gpiochip0`: another after the next start. */
  readonly name: string;
  readonly label: string;
  readonly lines: readonly { readonly name: string; readonly consumer: string; readonly used: boolean }[];
}

/** Every call throws a system error with its `errno`, or a TypeError or RangeError for an argument that is wrong. */
export interface Addon {
  /** Never waits for the reader. */
  notify(socket: string, state: string): void;
  chip(file: string): NativeChip;
  requestLine(
    file: string,
    offset: number,
    flags: number,
    debounceUs: number,
    initial: boolean,
    consumer: string,
  ): NativeLine;
  level(line: NativeLine): boolean;
  setLevel(line: NativeLine, level: boolean): void;
  /** Triples of time (CLOCK_MONOTONIC, ns), 1 for rising, and a number that counts up edge by edge. */
  edges(line: NativeLine): readonly number[];
  watch(line: NativeLine, call: () => void): void;
  closeLine(line: NativeLine): void;
}

/** The name of the errno of what the addon threw (`EBUSY`), or null for anything else that was thrown. */
export function errnoOf(error: unknown): string | null {
  const { errno } = (error ?? {}) as NodeJS.ErrnoException;
  return typeof errno === 'number' && errno < 0 ? getSystemErrorName(errno) : null;
}

/** Errors: Fault `absent` when it was not built for this machine. */
export function loadAddon(): Addon {
  const file = `./build/linux-${process.arch}.node`;
  try {
    return loadNative(file) as Addon;
  } catch (cause) {
    throw new Fault(
      'absent',
      `the addon for GPIO and systemd (daemons/core/adapters/native/${file.slice(2)}) does not load: it is built at the first start where there is a C compiler (Debian: apt-get install gcc libc6-dev)`,
      cause,
    );
  }
}
