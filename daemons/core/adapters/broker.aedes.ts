import net from 'node:net';
import { Aedes } from 'aedes';
import { Fault } from '../ports/fault.ts';

export interface EmbeddedBroker {
  readonly port: number;
  /** Clients connected now. */
  readonly clients: number;
  close(): Promise<void>;
}

/**
 * An MQTT 3.1.1 broker in this process, on loopback only and without persistence: what is delivered is decided by the
 * ledger's receipt, not by the broker. For one machine; see deploy/broker for more. Port 0 takes a free one.
 * Errors: Fault `refused` when the port cannot be had.
 */
export async function openEmbeddedBroker(port: number): Promise<EmbeddedBroker> {
  const broker = await Aedes.createBroker();
  const server = net.createServer({ noDelay: true }, broker.handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      broker.close(() => reject(new Fault('refused', `127.0.0.1:${port}: ${error.code}; choose another port`, error))),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as net.AddressInfo).port,
    get clients() {
      return broker.connectedClients;
    },
    close: async () => {
      await new Promise<void>((resolve) => broker.close(resolve));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
