import type { Capture } from '../capture/capture.ts';
import { player, type Replayed } from '../capture/player.ts';
import { toHex } from '../capture/recorder.ts';
import type { I2c } from '../ports/i2c.ts';

/** A bus that answers as it was recorded. Errors: as recorded; `protocol` when asked something else; `absent` at the end. */
export function replayI2c(capture: Capture): I2c & Replayed {
  const { answer, ended, elapsedNs } = player(capture);
  return {
    write: async (a, bytes) => void answer({ op: 'w', a, d: toHex(bytes) }),
    read: async (a, n) => Uint8Array.from(Buffer.from(answer({ op: 'r', a, n }).d ?? '', 'hex')),
    close: async () => {},
    ended,
    elapsedNs,
  };
}
