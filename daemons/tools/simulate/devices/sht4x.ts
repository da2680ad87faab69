import type { SimulatedPart } from './ads1115.ts';

/** Duration in ms of each measuring command of a Sensirion SHT4x (datasheet table 5: high, medium, low repeatability). */
const durationMs: Readonly<Record<number, number>> = { 253: 9, 246: 5, 224: 2 };
const serialNumber = [0x0f, 0xba, 0x12, 0x34];

/** CRC-8 of two bytes, polynomial 0x31, start 0xff (datasheet 4.4), by division of the 16-bit word. */
export function sensirionChecksum(high: number, low: number): number {
  let rest = 0xff ^ high;
  for (const next of [low, null]) {
    for (let bit = 0; bit < 8; bit++) rest = rest & 0x80 ? ((rest * 2) ^ 0x131) & 0xff : rest * 2;
    if (next !== null) rest ^= next;
  }
  return rest;
}

/** An SHT4x: NACK to everything while it measures, then two words with their checksums. */
export function simulatedSht4x(
  climate: (nowMs: number) => { readonly temperatureC: number; readonly relativePercent: number },
): SimulatedPart {
  let answer: Uint8Array | null = null;
  let readyMs = 0;
  const words = (first: number, second: number): Uint8Array =>
    Uint8Array.from(
      [first, second].flatMap((word) => [word >> 8, word & 255, sensirionChecksum(word >> 8, word & 255)]),
    );
  return {
    write: ([command = 0], nowMs) => {
      if (nowMs < readyMs) return false;
      const duration = durationMs[command];
      if (duration !== undefined) {
        const { temperatureC, relativePercent } = climate(nowMs);
        const word = (share: number): number => Math.max(0, Math.min(65535, Math.round(share * 65535)));
        answer = words(word((temperatureC + 45) / 175), word((relativePercent + 6) / 125));
        readyMs = nowMs + duration;
        return true;
      }
      if (command === 0x89) {
        answer = words(
          ((serialNumber[0] ?? 0) << 8) | (serialNumber[1] ?? 0),
          ((serialNumber[2] ?? 0) << 8) | (serialNumber[3] ?? 0),
        );
        readyMs = nowMs + 1;
        return true;
      }
      answer = null;
      return command === 0x94;
    },
    read: (length, nowMs) => {
      if (answer === null || nowMs < readyMs) return null;
      const out = Uint8Array.from({ length }, (_, i) => answer?.[i] ?? 0xff);
      answer = null;
      return out;
    },
  };
}
