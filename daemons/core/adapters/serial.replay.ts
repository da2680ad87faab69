import type { Capture } from '../capture/capture.ts';
import { player, type Replayed } from '../capture/player.ts';
import { toHex } from '../capture/recorder.ts';
import { turns } from '../flow/turns.ts';
import type { Serial } from '../ports/serial.ts';

/** A line that answers as it was recorded. Errors: as recorded; `protocol` when asked something else; `absent` at the end. */
export function replaySerial(capture: Capture): Serial & Replayed {
  const { answer, opening, ended, elapsedNs } = player(capture);
  const inTurn = turns();
  return {
    transact: (work) =>
      inTurn(async () => {
        opening();
        return work({
          write: async (bytes) => void answer({ op: 'w', d: toHex(bytes) }),
          read: async () => Uint8Array.from(Buffer.from(answer({ op: 'r' }).d ?? '', 'hex')),
          discard: () => void answer({ op: 'discard' }),
        });
      }),
    close: async () => {},
    ended,
    elapsedNs,
  };
}
