import { Fault } from '../ports/fault.ts';
import type { Link } from '../ports/link.ts';
import type { Serial, SerialLine } from '../ports/serial.ts';

/** Who is at the other end of a line of two ends. */
const other = 'line';

/** A serial line, or the same over TCP, as a link with one peer. It reads and writes at once, so it is nobody else's. */
export function linkOverSerial(serial: Serial): Link {
  let line: SerialLine | null = null;
  return {
    dropped: 0,
    read: (timeoutMs) =>
      serial.transact(async (open) => {
        line = open;
        return { from: other, bytes: await open.read(timeoutMs) };
      }),
    send: async (bytes) => {
      if (!line) throw new Fault('absent', 'the line was not opened yet; nothing was sent');
      await line.write(bytes);
    },
    close: () => serial.close(),
  };
}
