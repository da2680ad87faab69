import net from 'node:net';
import { z } from 'zod';
import type { SimulatedPart } from './devices/ads1115.ts';

const request = z.union([
  z.object({ id: z.int(), op: z.literal('w'), a: z.int(), d: z.string().regex(/^([0-9a-f]{2})*$/) }),
  z.object({ id: z.int(), op: z.literal('r'), a: z.int(), n: z.int().min(1).max(255) }),
]);
/** A request line is short; a client that sends more without a line end is not one of ours. */
const longest = 4096;

/** A simulated I2C bus over TCP: one JSON line a transaction. `present(address)` false is a NACK, as of a part that is not there. */
export function i2cServer(
  parts: ReadonlyMap<number, SimulatedPart>,
  present: (address: number) => boolean,
): net.Server {
  const answer = (line: string): string => {
    const parsed = request.safeParse(JSON.parse(line));
    if (!parsed.success) return JSON.stringify({ id: -1, fault: 'protocol' });
    const one = parsed.data;
    const part = present(one.a) ? parts.get(one.a) : undefined;
    const nowMs = performance.timeOrigin + performance.now();
    if (one.op === 'w') {
      const taken = part?.write(Buffer.from(one.d, 'hex'), nowMs) ?? false;
      return JSON.stringify(taken ? { id: one.id, d: '' } : { id: one.id, fault: 'nack' });
    }
    const bytes = part?.read(one.n, nowMs) ?? null;
    return JSON.stringify(
      bytes ? { id: one.id, d: Buffer.from(bytes).toString('hex') } : { id: one.id, fault: 'nack' },
    );
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
        for (const line of lines) socket.write(`${answer(line)}\n`);
      } catch (error) {
        // Not JSON: a client of another kind. The bus stays for the others.
        socket.destroy(error instanceof Error ? error : undefined);
      }
    });
  });
}
