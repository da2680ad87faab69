import { z } from 'zod';
import { turns } from '../flow/turns.ts';
import { Fault } from '../ports/fault.ts';
import type { I2c } from '../ports/i2c.ts';
import { type TcpAddress, tcpLink } from './lines.tcp.ts';

const answerShape = z.object({
  id: z.int(),
  d: z
    .string()
    .regex(/^([0-9a-f]{2})*$/)
    .optional(),
  fault: z.enum(['nack', 'timeout', 'protocol']).optional(),
});
const patienceMs = 1000;

/** A simulated I2C bus at the other end of a TCP connection: one JSON line a transaction. Reconnects by itself. */
export function connectI2cTcp(address: TcpAddress): I2c {
  const inTurn = turns();
  let text = '';
  let id = 0;
  let settle: ((line: string | Fault) => void) | null = null;
  const link = tcpLink(
    address,
    (bytes) => {
      text += bytes.toString('utf8');
      const end = text.indexOf('\n');
      if (end < 0) return;
      settle?.(text.slice(0, end));
      text = text.slice(end + 1);
    },
    () => settle?.(new Fault('absent', `the bus at ${address.host}:${address.port} went away`)),
  );

  const ask = (request: object): Promise<Uint8Array> =>
    inTurn(async () => {
      const socket = await link.open();
      text = '';
      id += 1;
      const line = await new Promise<string | Fault>((resolve) => {
        const timer = setTimeout(
          () => resolve(new Fault('timeout', `the bus at ${address.host}:${address.port} does not answer`)),
          patienceMs,
        );
        settle = (answer) => {
          clearTimeout(timer);
          resolve(answer);
        };
        socket.write(`${JSON.stringify({ id, ...request })}\n`);
      });
      settle = null;
      if (typeof line !== 'string') {
        // An answer that comes late must not be taken for the next one.
        link.close();
        throw line;
      }
      return answerOf(line);
    });

  return {
    write: async (a, bytes) => {
      await ask({ op: 'w', a, d: Buffer.from(bytes).toString('hex') });
    },
    read: (a, n) => ask({ op: 'r', a, n }),
    close: async () => link.close(),
  };
}

function answerOf(line: string): Uint8Array {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw new Fault('protocol', `the simulated bus said no JSON: ${line.slice(0, 60)}`, error);
  }
  const parsed = answerShape.safeParse(json);
  if (!parsed.success) throw new Fault('protocol', `the simulated bus said ${line.slice(0, 60)}`);
  if (parsed.data.fault) throw new Fault(parsed.data.fault, 'no answer at that address');
  return Uint8Array.from(Buffer.from(parsed.data.d ?? '', 'hex'));
}
