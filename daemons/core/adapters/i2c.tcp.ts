import * as z from 'zod';
import { timeLimit } from '../flow/time-limit.ts';
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
/** The number that the bus gives its answer to a question that it cannot read. */
const unreadable = -1;
/** An answer is at most 255 bytes in hex. */
const longest = 4096;

/**
 * A simulated I2C bus at the other end of a TCP connection: one JSON line a transaction. Reconnects by itself. An answer
 * carries the number of its question; one to an earlier question is passed over.
 */
export function connectI2cTcp(address: TcpAddress): I2c {
  const inTurn = turns();
  const where = `the bus at ${address.host}:${address.port}`;
  let text = '';
  let id = 0;
  let settle: ((answer: Uint8Array | Fault) => void) | null = null;
  const link = tcpLink(address, {
    onOpen: () => {
      text = '';
    },
    onData: (bytes) => {
      const lines = (text + bytes.toString('latin1')).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const answer = answerTo(id, line);
        if (answer !== null) settle?.(answer);
      }
      if (text.length > longest)
        settle?.(new Fault('protocol', `${where} said ${text.length} bytes without a line end`));
    },
    onLost: () => settle?.(new Fault('absent', `${where} went away`)),
  });

  const ask = (request: object): Promise<Uint8Array> =>
    inTurn(async () => {
      const socket = await link.open();
      id += 1;
      const answer = await new Promise<Uint8Array | Fault>((resolve) => {
        const stop = timeLimit(patienceMs, () => settle?.(new Fault('timeout', `${where} does not answer`)));
        settle = (one) => {
          stop();
          settle = null;
          resolve(one);
        };
        socket.write(`${JSON.stringify({ id, ...request })}\n`);
      });
      if (!(answer instanceof Fault)) return answer;
      // A NACK is the bus's own word; anything else leaves a connection that is not worth keeping.
      if (answer.kind !== 'nack') link.close();
      throw answer;
    });

  return {
    write: async (a, bytes) => {
      await ask({ op: 'w', a, d: Buffer.from(bytes).toString('hex') });
    },
    read: async (a, n) => {
      const bytes = await ask({ op: 'r', a, n });
      if (bytes.length !== n) throw new Fault('protocol', `${where} gave ${bytes.length} bytes of ${n} from ${a}`);
      return bytes;
    },
    close: async () => link.close(),
  };
}

/** What a line says to the question with that number; null when it speaks of another. */
function answerTo(asked: number, line: string): Uint8Array | Fault | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return new Fault('protocol', `the simulated bus said no JSON: ${line.slice(0, 60)}`, error);
  }
  const parsed = answerShape.safeParse(json);
  if (!parsed.success) return new Fault('protocol', `the simulated bus said ${line.slice(0, 60)}`);
  const { id, fault, d = '' } = parsed.data;
  if (id !== asked && id !== unreadable) return null;
  return fault ? new Fault(fault, 'no answer at that address') : Uint8Array.from(Buffer.from(d, 'hex'));
}
