import type { Stamp } from '../values/stamp.ts';

/** A line of a GPIO chip as a board file names it: by the line's own name, or by chip label and offset. Never by chip number. */
export type GpioAddress = { readonly name: string } | { readonly chip: string; readonly offset: number };

export interface GpioInputOptions {
  readonly activeLow?: boolean | undefined;
  readonly bias?: 'as-is' | 'disabled' | 'pull-up' | 'pull-down' | undefined;
  /** The kernel reports a level only after it stood for so long, in ms. */
  readonly debounceMs?: number | undefined;
  /** false for a line that is only read: not every chip can tell of edges. */
  readonly edges?: boolean | undefined;
}

export interface GpioOutputOptions {
  readonly activeLow?: boolean | undefined;
  /** The level that the line takes with the request. */
  readonly initial: boolean;
}

/** A level of a line, logical (active low is already turned round), with the kernel's time of the edge. */
export interface GpioEdge {
  readonly level: boolean;
  readonly at: Stamp;
  /** Edges before this one that nobody took in time and that were dropped; null where the kernel does not say. */
  readonly missed: number | null;
}

export interface GpioInput {
  /** The level now. Errors: Fault `absent` when the chip is gone. */
  read(): Promise<boolean>;
  /**
   * Edges since the input was asked for as the kernel saw them, oldest first, each to one reader. Ends when the input is
   * closed; throws Fault `absent` when the chip is gone, `config` for an input without `edges`.
   */
  edges(): AsyncIterable<GpioEdge>;
  close(): Promise<void>;
}

export interface GpioOutput {
  /** Errors: Fault `absent` when the chip is gone. */
  write(level: boolean): Promise<void>;
  /** What the line itself reads: an output that is held from outside shows here. Errors as `write`. */
  read(): Promise<boolean>;
  /** Gives the line back; the kernel or the board's pull decides its level from then on. */
  close(): Promise<void>;
}

/**
 * The lines of a box. Errors of both: Fault `config` for a line that no chip has, or that two have; `refused` for one that
 * another program holds, or without permission; `absent` when there is no chip.
 */
export interface Gpio {
  input(line: GpioAddress, options?: GpioInputOptions): Promise<GpioInput>;
  output(line: GpioAddress, options: GpioOutputOptions): Promise<GpioOutput>;
  close(): Promise<void>;
}
