/** A Winsen ZE03-style module: answers FF 01 86 with the concentration in tenths, switches to active mode on FF 01 78 40. */
export interface WinsenModel {
  receive(bytes: Uint8Array): Uint8Array[];
  /** What it says by itself each second in active mode; null in question-and-answer mode. */
  tick(): Uint8Array | null;
}

const sum = (bytes: readonly number[]): number => (0x100 - (bytes.slice(1, 8).reduce((a, b) => a + b, 0) & 255)) & 255;
const frame = (body: readonly number[]): Uint8Array => Uint8Array.from([...body, sum(body)]);

export function winsenModule(tenths: () => number): WinsenModel {
  let waiting: number[] = [];
  let active = false;
  const value = (): [number, number] => {
    const word = Math.max(0, Math.min(65535, Math.round(tenths())));
    return [word >> 8, word & 255];
  };
  return {
    receive: (bytes) => {
      waiting = [...waiting, ...bytes].slice(-64);
      const out: Uint8Array[] = [];
      while (waiting.length >= 9) {
        const one = waiting.slice(0, 9);
        if (one[0] !== 0xff || one[8] !== sum(one)) {
          waiting = waiting.slice(1);
          continue;
        }
        waiting = waiting.slice(9);
        if (one[2] === 0x78) active = one[3] === 0x40;
        else if (one[2] === 0x86) out.push(frame([0xff, 0x86, ...value(), 0, 0, 0, 0]));
      }
      return out;
    },
    tick: () => (active ? frame([0xff, 0x02, 0x00, 0x01, ...value(), 0x00, 0x64]) : null),
  };
}
