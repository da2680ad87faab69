/** Telemetry logs of ground stations: each frame behind its moment, 8 bytes, big-endian, microseconds since 1970. */
import { type Frame, framesIn, freshFraming } from './framing.ts';

export interface Logged {
  /** Milliseconds since 1970; null where the log has no whole stamp, or one beyond the years 1980 to 2100. */
  readonly wallMs: number | null;
  readonly frame: Frame;
}

const stampBytes = 8;
const sensible = { from: Date.UTC(1980, 0), to: Date.UTC(2100, 0) } as const;

/** Every good frame of a log with its moment. Damage costs what is damaged, never what follows. */
export function framesOfTlog(bytes: Uint8Array): readonly Logged[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [, frames] = framesIn(freshFraming(), bytes, true);
  return frames.map((frame, i) => {
    const before = frames[i - 1];
    const free = frame.at - (before ? before.at + before.bytes.length : 0);
    const wallMs = free < stampBytes ? Number.NaN : Number(view.getBigUint64(frame.at - stampBytes)) / 1000;
    return { wallMs: wallMs >= sensible.from && wallMs < sensible.to ? wallMs : null, frame };
  });
}
