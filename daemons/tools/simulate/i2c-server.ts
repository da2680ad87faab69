import net from 'node:net';
import * as z from 'zod';
import type { SimulatedPart } from './devices/ads1115.ts';
import { type FaultName, spoil } from './faults.ts';

const request = z.union([
  z.object({ id: z.int(), op: z.literal('w'), a: z.int(), d: z.string().regex(/^([0-9a-f]{2})*$/) }),
  z.object({ id: z.int(), op: z.literal('r'), a: z.int(), n: z.int().min(1).max(255) }),
]);
/** A request line is short; a client that sends more without a line end is not one of ours. */
const longest = 4096;

/**
 * A simulated I2C bus over TCP: one JSON line a transaction. What is wrong with it: `nack`, nothing answers at any address;
 * `silence`, nor does the bus; `truncate` and `checksum` spoil what is read.
 */
export function i2cServer(parts: ReadonlyMap<number, SimulatedPart>, fault: () => FaultName): net.Server {
  /** The answer, or null for silence. */
  const answer = (line: string): string | null => {
    const parsed = request.safeParse(JSON.parse(line));
    if (!parsed.success) return JSON.stringify({ id: -1, fault: 'protocol' });
    const one = parsed.data;
    const wrong = fault();
    if (wrong === 'silence') return null;
    const part = wrong === 'nack' ? undefined : parts.get(one.a);
    const nowMs = performance.timeOrigin + performance.now();
    const nack = JSON.stringify({ id: one.id, fault: 'nack' });
    if (one.op === 'w') {
      const taken = part?.write(Buffer.from(one.d, 'hex'), nowMs) ?? false;
      return taken ? JSON.stringify({ id: one.id, d: '' }) : nack;
    }
    const bytes = part?.read(one.n, nowMs) ?? null;
    if (bytes === null) return nack;
    return JSON.stringify({ id: one.id, d: Buffer.from(spoil(bytes, wrong) ?? bytes).toString('hex') });
  };
  return net.createServer((socket) => {
    let rest = '';
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longest) socket.destroy();
      try {
        for (const line of lines) {
          const said = answer(line);
          if (said !== null) socket.write(`${said}\n`);
        }
      } catch (error) {
        // Not JSON: a client of another kind. The bus stays for the others.
        socket.destroy(error instanceof Error ? error : undefined);
      }
    });
  });
}
