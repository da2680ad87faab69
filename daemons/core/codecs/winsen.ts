/** Winsen's 9-byte UART frame (for example the ZE03 manual, section "communication protocol"). */
export const frameLength = 9;
const start = 0xff;

/** Two's complement of the sum of bytes 1 to 7. */
export function winsenChecksum(frame: Uint8Array): number {
  let sum = 0;
  for (let i = 1; i <= 7; i++) sum += frame[i] ?? 0;
  return (0x100 - (sum & 0xff)) & 0xff;
}

/** A command of up to seven bytes after the start byte, padded and sealed. */
export function winsenCommand(...body: readonly number[]): Uint8Array {
  const frame = Uint8Array.from([start, ...body, 0, 0, 0, 0, 0, 0, 0].slice(0, frameLength));
  frame[8] = winsenChecksum(frame);
  return frame;
}

export interface Scan {
  readonly frames: readonly Uint8Array[];
  /** What may still become a frame: at most eight bytes. */
  readonly rest: Uint8Array;
  /** Whether something that began like a frame had a wrong checksum. */
  readonly broken: boolean;
}

/** Every whole frame in a stream, with noise passed over. Bounded: no more than eight bytes wait. */
export function winsenFrames(bytes: Uint8Array): Scan {
  const frames: Uint8Array[] = [];
  let broken = false;
  let at = 0;
  while (at + frameLength <= bytes.length) {
    const frame = bytes.subarray(at, at + frameLength);
    if (frame[0] === start && frame[8] === winsenChecksum(frame)) {
      frames.push(Uint8Array.from(frame));
      at += frameLength;
    } else {
      broken ||= frame[0] === start;
      at += 1;
    }
  }
  return { frames, rest: Uint8Array.from(bytes.subarray(at)), broken };
}
