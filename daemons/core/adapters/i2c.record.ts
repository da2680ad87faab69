import type { CaptureSink } from '../capture/capture.ts';
import { type Recorded, recorder, toHex } from '../capture/recorder.ts';
import type { Clock } from '../ports/clock.ts';
import type { I2c } from '../ports/i2c.ts';

/** A bus that writes down what passes over it. What it gives and throws is the bus's own. */
export function recordI2c(port: I2c, what: Recorded, sink: CaptureSink, clock: Clock): I2c {
  const record = recorder('i2c', what, sink, clock);
  return {
    write: (a, bytes) => record.around({ op: 'w', a, d: toHex(bytes) }, () => port.write(a, bytes)),
    read: (a, n) =>
      record.around(
        { op: 'r', a, n },
        () => port.read(a, n),
        (bytes) => ({ d: toHex(bytes) }),
      ),
    close: () => port.close(),
  };
}
