/** Sensirion's gas parts as their datasheets describe them, written apart from the drivers: SGP40, SGP41 and SCD4x. */
import type { SimulatedPart } from './ads1115.ts';
import { sensirionChecksum } from './sht4x.ts';

const sealed = (words: readonly number[]): Uint8Array =>
  Uint8Array.from(words.flatMap((word) => [word >> 8, word & 255, sensirionChecksum(word >> 8, word & 255)]));

/** As printed on a part: 000003a1b2c3. */
const serialWords = [0, 0x03a1, 0xb2c3];

/** The arguments of a command, or null when a checksum of them is wrong: the part answers NACK to such a write. */
function argumentsOf(bytes: Uint8Array): number[] | null {
  const words: number[] = [];
  for (let at = 2; at + 3 <= bytes.length; at += 3) {
    const [high = 0, low = 0, said = 0] = bytes.subarray(at, at + 3);
    if (sensirionChecksum(high, low) !== said) return null;
    words.push(high * 256 + low);
  }
  return words;
}

/** What a command is answered with, and after how many ms; `answer` may be missing. null is a NACK. */
type Reaction = { readonly afterMs: number; readonly answer?: readonly number[] } | null;

/** A part that takes one command at a time and says nothing (NACK) until its answer is ready. */
function commanded(react: (code: number, args: readonly number[], nowMs: number) => Reaction): SimulatedPart {
  let answer: Uint8Array | null = null;
  let readyMs = 0;
  return {
    write: (bytes, nowMs) => {
      if (nowMs < readyMs) return false;
      const args = argumentsOf(bytes);
      const reaction = args && react((bytes[0] ?? 0) * 256 + (bytes[1] ?? 0), args, nowMs);
      if (!reaction) return false;
      answer = reaction.answer ? sealed(reaction.answer) : null;
      readyMs = nowMs + reaction.afterMs;
      return true;
    },
    read: (length, nowMs) => {
      if (!answer || nowMs < readyMs) return null;
      const out = Uint8Array.from({ length }, (_, i) => answer?.[i] ?? 0xff);
      answer = null;
      return out;
    },
  };
}

export interface Sgp4xModel {
  readonly model: 'sgp40' | 'sgp41';
  /** Raw signals of dry and of humid air alike; `voc` falls by one tick for each percent of humidity that it is told. */
  readonly voc: number;
  readonly nox: number;
  readonly selfTest: number;
}

/** An SGP40 or SGP41; `conditionedMs` tells for how long in all its NOx pixel was conditioned. */
export function simulatedSgp4x({ model, voc, nox, selfTest }: Sgp4xModel): SimulatedPart & { conditionedMs(): number } {
  let since: number | null = null;
  let total = 0;
  const part = commanded((code, [humidity = 0x8000], nowMs) => {
    if (code === 0x2612 && model === 'sgp41') {
      since ??= nowMs;
      return { afterMs: 50, answer: [voc] };
    }
    const heard = voc - Math.round((100 * (humidity - 0x8000)) / 65535);
    const known: Readonly<Record<number, Reaction>> = {
      13845: { afterMs: 1 },
      13954: { afterMs: 1, answer: serialWords },
      10254: { afterMs: 320, answer: [selfTest] },
      ...(model === 'sgp40'
        ? { 9743: { afterMs: 30, answer: [heard] } }
        : { 9753: { afterMs: 50, answer: [heard, nox] } }),
    };
    const reaction = known[code];
    // A command that the part does not know leaves it as it is.
    if (!reaction) return null;
    if (since !== null) total += nowMs - since;
    since = null;
    return reaction;
  });
  return { ...part, conditionedMs: () => total };
}

export interface Scd4xAir {
  readonly co2: number;
  readonly temperatureC: number;
  readonly relativePercent: number;
}

/** An SCD4x: a value every 5 s while it runs, no settings then, no values otherwise. */
export function simulatedScd4x(
  air: () => Scd4xAir,
): SimulatedPart & { selfCalibrates(): boolean; pressureHpa(): number } {
  let nextMs: number | null = null;
  let learns = true;
  let pressure = 1013;
  const share = (part: number): number => Math.max(0, Math.min(65535, Math.round(part * 65535)));
  const part = commanded((code, [argument = 0], nowMs) => {
    const running = nextMs !== null;
    const fresh = nextMs !== null && nowMs >= nextMs;
    if (code === 0x3f86) {
      nextMs = null;
      return { afterMs: 500 };
    }
    if (code === 0xe4b8) return { afterMs: 1, answer: [fresh ? 0x8006 : 0x8000] };
    if (code === 0xe000) {
      pressure = argument;
      return { afterMs: 1 };
    }
    if (code === 0xec05 && fresh) {
      nextMs = nowMs + 5000;
      const { co2, temperatureC, relativePercent } = air();
      return { afterMs: 1, answer: [Math.round(co2), share((temperatureC + 45) / 175), share(relativePercent / 100)] };
    }
    return running ? null : idle(code, argument, nowMs);
  });
  const idle = (code: number, argument: number, nowMs: number): Reaction => {
    if (code === 0x3682) return { afterMs: 1, answer: serialWords };
    if (code === 0x21b1) nextMs = nowMs + 5000;
    else if (code === 0x2416) learns = argument === 1;
    else return null;
    return { afterMs: 0 };
  };
  return { ...part, selfCalibrates: () => learns, pressureHpa: () => pressure };
}
