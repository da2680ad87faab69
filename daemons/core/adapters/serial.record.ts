import type { CaptureSink } from '../capture/capture.ts';
import { type Recorded, recorder, toHex } from '../capture/recorder.ts';
import type { Clock } from '../ports/clock.ts';
import type { Serial } from '../ports/serial.ts';

/** A line that writes down what passes over it. What it gives and throws is the line's own. */
export function recordSerial(port: Serial, what: Recorded, sink: CaptureSink, clock: Clock): Serial {
  const record = recorder('serial', what, sink, clock);
  return {
    transact: async (work) => {
      let opened = false;
      try {
        return await port.transact((line) => {
          opened = true;
          return work({
            write: (bytes) => record.around({ op: 'w', d: toHex(bytes) }, () => line.write(bytes)),
            read: (timeoutMs) =>
              record.around(
                { op: 'r' },
                () => line.read(timeoutMs),
                (bytes) => ({ d: toHex(bytes) }),
              ),
            discard: () => {
              line.discard();
              record.note({ op: 'discard' });
            },
          });
        });
      } catch (error) {
        if (!opened) record.note({ op: 'open' }, error);
        throw error;
      }
    },
    close: () => port.close(),
  };
}
