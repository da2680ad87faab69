/** An analyzer of ammonia that says its value in lines of text by itself, five times a second. */
import net from 'node:net';

export interface Analyzer {
  readonly tcp: string;
  /** The gas at its inlet, ppm. */
  put(ppm: number): void;
}

export async function wordyAnalyzer(): Promise<Analyzer> {
  let ppm = 0;
  const server = net.createServer((socket) => {
    const timer = setInterval(() => socket.write(`NH3 ${ppm.toFixed(1)}\r\n`), 200);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    tcp: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    put: (next) => {
      ppm = next;
    },
  };
}

/** Its place on a board, under the port `gas`. A loaded guest is slow: it has long to speak. */
export const analyzerSensor = {
  ...{ id: 'nh3', part: 'ascii-line', serial: 'SIM-0001', port: 'gas', stuckAfter: false },
  quality: { spike: false, rate: false },
  options: {
    pattern: 'NH3 {ammonia}',
    timeoutMs: 20_000,
    channels: [{ name: 'ammonia', unit: 'ppm', range: [0, 100], resolution: 0.1 }],
  },
};
export const analyzerQuantity = { quantity: 'ammonia', unit: 'ppm', channel: 'nh3/ammonia', factory: { u: 0.5 } };
