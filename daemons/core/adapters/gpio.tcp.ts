import * as z from 'zod';
import { timeLimit } from '../flow/time-limit.ts';
import { turns } from '../flow/turns.ts';
import type { Clock } from '../ports/clock.ts';
import { Fault } from '../ports/fault.ts';
import type { Gpio, GpioAddress, GpioEdge } from '../ports/gpio.ts';
import { type TcpAddress, tcpLink } from './lines.tcp.ts';

const said = z.union([
  z.object({ id: z.int(), level: z.boolean() }),
  z.object({ id: z.int(), fault: z.enum(['config', 'refused']), why: z.string() }),
  z.object({ edge: z.string(), level: z.boolean() }),
]);
type Answer = Exclude<z.infer<typeof said>, { edge: string }>;
const patienceMs = 1000;
const longest = 4096;
/** Edges that wait for a reader: later ones push out the oldest, as in the kernel. */
const mostEdges = 1024;

const keyOf = (line: GpioAddress): string => ('name' in line ? line.name : `${line.chip}/${line.offset}`);

/**
 * Simulated GPIO lines at the other end of a TCP connection: one JSON line a question, and one for each edge. The other end lets
 * the lines of a lost connection go, as the kernel does for a process that died. Edges carry the time at which they were heard.
 */
export function connectGpioTcp(address: TcpAddress, clock: Clock): Gpio {
  const inTurn = turns();
  const where = `the lines at ${address.host}:${address.port}`;
  let text = '';
  let id = 0;
  let connection = 0;
  let settle: ((answer: Answer | Fault) => void) | null = null;
  const readers = new Map<string, Set<(edge: GpioEdge | Fault | null) => void>>();
  const everyReader = (one: Fault | null): void => {
    for (const some of readers.values()) for (const reader of some) reader(one);
  };
  const hear = (line: string): void => {
    const one = said.safeParse(parsed(line)).data;
    if (!one) settle?.(new Fault('protocol', `${where} said ${line.slice(0, 60)}`));
    else if (!('edge' in one)) settle?.(one);
    else for (const reader of readers.get(one.edge) ?? []) reader({ level: one.level, at: clock.now(), missed: 0 });
  };
  const link = tcpLink(address, {
    onOpen: () => {
      text = '';
      connection += 1;
    },
    onData: (bytes) => {
      const lines = (text + bytes.toString('latin1')).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) hear(line);
      if (text.length > longest)
        settle?.(new Fault('protocol', `${where} said ${text.length} bytes without a line end`));
    },
    onLost: () => {
      connection += 1;
      const lost = new Fault('absent', `${where} went away`);
      settle?.(lost);
      everyReader(lost);
    },
  });

  /** `on`: the connection that the line was asked for on; another one does not hold it. */
  const ask = (request: object, on?: number): Promise<boolean> =>
    inTurn(async () => {
      const socket = await link.open();
      if (on !== undefined && on !== connection) throw new Fault('absent', `${where} went away and let the line go`);
      id += 1;
      const asked = id;
      const answer = await new Promise<Answer | Fault>((resolve) => {
        const stop = timeLimit(patienceMs, () => settle?.(new Fault('absent', `${where} do not answer`)));
        settle = (one) => {
          if (!(one instanceof Fault) && one.id !== asked) return;
          stop();
          settle = null;
          resolve(one);
        };
        socket.write(`${JSON.stringify({ id, ...request })}\n`);
      });
      if (answer instanceof Fault) {
        link.close();
        throw answer;
      }
      if ('fault' in answer) throw new Fault(answer.fault, `${where}: ${answer.why}`);
      return answer.level;
    });

  return {
    input: async (line, { activeLow = false, edges = true } = {}) => {
      const key = keyOf(line);
      await ask({ op: 'in', line: key });
      const on = connection;
      const waiting: (GpioEdge | Fault | null)[] = [];
      let wake: () => void = () => {};
      const reader = (edge: GpioEdge | Fault | null): void => {
        waiting.push(edge);
        if (waiting.length > mostEdges) waiting.shift();
        wake();
      };
      readers.set(key, (readers.get(key) ?? new Set()).add(reader));
      const close = async (): Promise<void> => {
        readers.get(key)?.delete(reader);
        reader(null);
        if (on === connection) await ask({ op: 'free', line: key }, on).catch(() => {});
      };
      return {
        read: async () => (await ask({ op: 'get', line: key }, on)) !== activeLow,
        edges: async function* () {
          if (!edges) throw new Fault('config', `${where}: ${key} was asked for without edges`);
          for (;;) {
            const one = waiting.shift();
            if (one === undefined)
              await new Promise<void>((resolve) => {
                wake = resolve;
              });
            else if (one === null) return;
            else if (one instanceof Fault) throw one;
            else yield { ...one, level: one.level !== activeLow };
          }
        },
        close,
      };
    },
    output: async (line, { activeLow = false, initial }) => {
      const key = keyOf(line);
      await ask({ op: 'out', line: key, level: initial !== activeLow });
      const on = connection;
      return {
        write: async (level) => void (await ask({ op: 'set', line: key, level: level !== activeLow }, on)),
        read: async () => (await ask({ op: 'get', line: key }, on)) !== activeLow,
        close: async () => {
          if (on === connection) await ask({ op: 'free', line: key }, on);
        },
      };
    },
    close: async () => {
      everyReader(null);
      link.close();
    },
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
