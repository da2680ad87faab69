/**
 * A TI ADS1115 as its datasheet (SBAS444) describes it: pointer register, config register with OS, MUX, PGA, DR, and a
 * conversion register that holds the last result. Written apart from the driver, so that their agreement means something.
 */
export interface SimulatedPart {
  /** false is a NACK. */
  write(bytes: Uint8Array, nowMs: number): boolean;
  /** null is a NACK. */
  read(length: number, nowMs: number): Uint8Array | null;
}

/** Full scale in millivolts by PGA code (table 8 of the datasheet). */
const fullScaleMv = [6144, 4096, 2048, 1024, 512, 256, 256, 256];
/** Samples per second by DR code. */
const rates = [8, 16, 32, 64, 128, 250, 475, 860];
/** What the MUX codes 000 to 011 measure: one input less another. */
const pairs: readonly (readonly [number, number])[] = [
  [0, 1],
  [0, 3],
  [1, 3],
  [2, 3],
];
const startBit = 0x8000;

/**
 * `inputMv(channel, nowMs)` is the voltage at AIN0..AIN3 at the moment of the conversion; `pace` is the speed of its own
 * oscillator, 0.9 to 1.1 of the nominal one.
 */
export function simulatedAds1115(inputMv: (channel: number, nowMs: number) => number, pace = 1): SimulatedPart {
  let pointer = 0;
  let config = 0x8583;
  let last = 0;
  let result = 0;
  let readyMs = 0;

  const convert = (nowMs: number): void => {
    const mux = (config >> 12) & 7;
    const pair = pairs[mux];
    const volts = pair ? inputMv(pair[0], nowMs) - inputMv(pair[1], nowMs) : inputMv(mux - 4, nowMs);
    const code = Math.round((volts / (fullScaleMv[(config >> 9) & 7] ?? 2048)) * 32768);
    if (nowMs >= readyMs) last = result;
    result = Math.max(-32768, Math.min(32767, code)) & 0xffff;
    readyMs = nowMs + 1000 / (pace * (rates[(config >> 5) & 7] ?? 128));
  };

  return {
    write: (bytes, nowMs) => {
      if (bytes.length === 0) return true;
      pointer = (bytes[0] ?? 0) & 3;
      if (bytes.length >= 3 && pointer === 1) {
        config = ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
        if (config & startBit) convert(nowMs);
      }
      return true;
    },
    read: (length, nowMs) => {
      const busy = nowMs < readyMs;
      const registers = [busy ? last : result, (config & ~startBit) | (busy ? 0 : startBit), 0x8000, 0x7fff];
      const register = registers[pointer] ?? 0;
      return Uint8Array.from({ length }, (_, i) => (i % 2 === 0 ? register >> 8 : register & 255));
    },
  };
}
