import { turns } from '../flow/turns.ts';
import { Fault } from '../ports/fault.ts';
import type { Serial } from '../ports/serial.ts';
import { type TcpAddress, tcpLink } from './lines.tcp.ts';
import { received } from './serial.received.ts';

/** A serial line behind a TCP server (an RS-485 gateway in transparent mode, or a simulated instrument). Reconnects by itself. */
export function connectSerialTcp(address: TcpAddress): Serial {
  const inTurn = turns();
  const input = received(() => link.goOn());
  const gone = (): Fault => new Fault('absent', `${address.host}:${address.port} closed the connection`);
  const link = tcpLink(address, {
    onOpen: input.restart,
    onData: input.push,
    onLost: () => input.fail(gone()),
  });
  return {
    transact: (work) =>
      inTurn(async () => {
        const socket = await link.open();
        return work({
          write: async (bytes) => {
            if (socket.destroyed) throw gone();
            socket.write(bytes);
          },
          read: input.take,
          discard: input.discard,
          hold: input.hold,
        });
      }),
    close: async () => link.close(),
  };
}
