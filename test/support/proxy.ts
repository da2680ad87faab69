/** A bad network between a client and a server: a TCP proxy whose behaviour is changed while it runs. */
import net from 'node:net';

/** `up` is from the client to the server. */
export type Direction = 'up' | 'down';

export interface Weather {
  /** Every byte comes this much later. */
  readonly delayMs?: number;
  /** Each direction of each connection lets through no more than this. */
  readonly bytesPerS?: number;
  /** Bytes of these directions are taken and never given on; nobody is told. */
  readonly swallow?: readonly Direction[];
}

export interface BadLine {
  readonly port: number;
  readonly url: string;
  /** Connections now. */
  readonly connections: number;
  /** From now on, for connections that are there and those to come. {} is fine weather. */
  set(weather: Weather): void;
  /** Lets the next packet through by half, then resets its connection; resolves when that was done. */
  cutInPacket(direction: Direction): Promise<void>;
  /** Resets every connection. */
  cut(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: net.Socket;
  readonly server: net.Socket;
}

export async function openProxy(toPort: number, toHost = '127.0.0.1'): Promise<BadLine> {
  const pairs = new Set<Pair>();
  let weather: Weather = {};
  let toCut: { readonly direction: Direction; done(): void } | null = null;

  const reset = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
  };

  const carry = (pair: Pair, direction: Direction): void => {
    const [from, to] = direction === 'up' ? [pair.client, pair.server] : [pair.server, pair.client];
    /** When the last byte before this one leaves: order is kept, whatever the weather was meanwhile. */
    let freeMs = 0;
    const give = (bytes: Buffer): void => {
      if (to.destroyed) return;
      if (!to.write(bytes)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    };
    from.on('data', (bytes: Buffer) => {
      const { delayMs = 0, bytesPerS = Number.POSITIVE_INFINITY, swallow = [] } = weather;
      if (swallow.includes(direction)) return;
      if (toCut?.direction === direction && bytes.length > 1) {
        const { done } = toCut;
        toCut = null;
        to.write(bytes.subarray(0, bytes.length >> 1), () => {
          reset(pair);
          done();
        });
        return;
      }
      const nowMs = performance.now();
      freeMs = Math.max(freeMs, nowMs + delayMs) + (1000 * bytes.length) / bytesPerS;
      const waitMs = freeMs - nowMs;
      if (waitMs < 1) return give(bytes);
      // A slow line fills up: who sends is held back, as by a real one.
      if (waitMs > delayMs + 1000) from.pause();
      setTimeout(() => {
        give(bytes);
        from.resume();
      }, waitMs);
    });
    from.on('error', () => reset(pair));
    from.on('close', () => reset(pair));
  };

  const server = net.createServer({ noDelay: true }, (client) => {
    const pair: Pair = { client, server: net.connect({ port: toPort, host: toHost, noDelay: true }) };
    pairs.add(pair);
    carry(pair, 'up');
    carry(pair, 'down');
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const cut = (): void => {
    for (const pair of pairs) reset(pair);
  };
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    get connections() {
      return pairs.size;
    },
    set: (next) => {
      weather = next;
    },
    cutInPacket: (direction) =>
      new Promise((done) => {
        toCut = { direction, done };
      }),
    cut,
    close: async () => {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
