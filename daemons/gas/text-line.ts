import type { Channel, DriverModule, Sample } from '../core/driver.ts';
import { heard } from '../core/flow/heard.ts';
import type { Clock } from '../core/ports/clock.ts';
import { Fault, isFault } from '../core/ports/fault.ts';
import type { SerialLine } from '../core/ports/serial.ts';

interface Options {
  readonly clock: Clock;
  /** For a line to come; of an instrument that speaks by itself more than the time between two. */
  readonly timeoutMs: number;
  /** Characters of the longest line; more without an end is noise. */
  readonly longest: number;
}

/** Makes something of one line of text; null for a line of another kind, a Fault for a broken one. */
export type ParseLine<T> = (text: string) => T | null;

/** Reads lines of text from an instrument, asked for or said by itself. */
export interface TextLines {
  /** The newest line of the wanted kind. Errors: that of the last broken line, `protocol` for other lines, `timeout`. */
  newest<T>(line: SerialLine, parse: ParseLine<T>): Promise<T>;
  /** Every line that came since the last call, at least one, each made something of; nothing in between is passed over. Errors: `timeout`. */
  every<T>(line: SerialLine, parse: (text: string) => T): Promise<readonly T[]>;
  /** Asks, and takes the first line of the wanted kind that comes. Errors: as `newest`. */
  answer<T>(line: SerialLine, question: string, parse: ParseLine<T>): Promise<T>;
}

export function textLines({ clock, timeoutMs, longest }: Options): TextLines {
  let rest = '';
  /** Whether `rest` begins where a line begins. What came before is the tail of a line and could pass for another one. */
  let whole = false;
  let lookedNs = clock.now().monoNs;

  const forget = (line: SerialLine, atLineStart: boolean): void => {
    line.discard();
    rest = '';
    whole = atLineStart;
  };

  /** The whole lines in what has come; the beginning of the next one waits. */
  function linesIn(bytes: Uint8Array): string[] {
    const lines = (rest + Buffer.from(bytes).toString('latin1')).split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    if (!whole && lines.length > 0) {
      lines.shift();
      whole = true;
    }
    if (rest.length > longest) {
      rest = '';
      whole = false;
    }
    return lines.filter((text) => text !== '' && text.length <= longest);
  }

  async function listen<T>(line: SerialLine, parse: ParseLine<T>): Promise<T> {
    const giveUpNs = clock.now().monoNs + timeoutMs * 1e6;
    let wrong: Fault | null = null;
    for (;;) {
      const leftMs = (giveUpNs - clock.now().monoNs) / 1e6;
      const more = leftMs > 0 ? await heard(line, leftMs) : null;
      if (more === null) throw wrong ?? new Fault('timeout', `no line of text came within ${timeoutMs} ms`);
      const { found, broken } = newestOf(linesIn(more), parse);
      lookedNs = clock.now().monoNs;
      if (found !== null) return found;
      wrong = broken ?? wrong;
    }
  }

  return {
    newest: (line, parse) => {
      // What waited for longer than a line takes to come is old news, if its instrument still lives at all.
      if (clock.now().monoNs - lookedNs > timeoutMs * 1e6) forget(line, false);
      return listen(line, parse);
    },
    every: async (line, parse) => {
      line.hold?.();
      const giveUpNs = clock.now().monoNs + timeoutMs * 1e6;
      for (;;) {
        const leftMs = (giveUpNs - clock.now().monoNs) / 1e6;
        const more = leftMs > 0 ? await heard(line, leftMs) : null;
        if (more === null) throw new Fault('timeout', `no line of text came within ${timeoutMs} ms`);
        const lines = linesIn(more);
        if (lines.length > 0) return lines.map(parse);
      }
    },
    answer: async (line, question, parse) => {
      forget(line, true);
      await line.write(Buffer.from(question, 'latin1'));
      return listen(line, parse);
    },
  };
}

/** How a driver opens an instrument that says lines by itself, `longest` characters at the most: each look is its newest line. */
export const speaksLines =
  <C extends { readonly timeoutMs: number }>(
    channels: readonly Channel[],
    longest: number,
    decode: (text: string, options: C) => Sample[] | null,
  ): DriverModule<'serial', C>['open'] =>
  async (port, options, clock) => {
    const lines = textLines({ timeoutMs: options.timeoutMs, clock, longest });
    return {
      channels,
      read: () => port.transact((line) => lines.newest(line, (text) => decode(text, options))),
    };
  };

interface Parsed<T> {
  readonly found: T | null;
  readonly broken: Fault | null;
}

/** The newest line of the wanted kind, and the last that was broken. */
function newestOf<T>(lines: readonly string[], parse: ParseLine<T>): Parsed<T> {
  let found: T | null = null;
  let broken: Fault | null = null;
  for (const text of lines) {
    try {
      found = parse(text) ?? found;
    } catch (error) {
      if (!isFault(error)) throw error;
      broken = error;
    }
  }
  return { found, broken };
}
