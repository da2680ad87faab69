/**
 * Simulated GPIO lines over TCP, with what hangs on them: every line is pulled low and falls there when nobody drives it. A process
 * that dies lets its lines go, as the kernel does. What is wrong with a line: it is held at a level from outside.
 */
import net from 'node:net';
import * as z from 'zod';

const request = z.object({
  id: z.int(),
  op: z.enum(['in', 'out', 'set', 'get', 'free']),
  line: z.string().max(128),
  level: z.boolean().default(false),
});
const longest = 4096;

export interface SimulatedLines {
  readonly server: net.Server;
  /** The level of a line as a meter on it would show it. */
  level(line: string): boolean;
  /** Whether a process drives it. */
  isDriven(line: string): boolean;
  /** Holds a line at a level from outside, whatever drives it; null lets it go. */
  hold(line: string, level: boolean | null): void;
  /** The chip is pulled: whoever has a line loses it, and nobody gets one until it is back. */
  away(gone: boolean): void;
}

interface Wire {
  owner: net.Socket | null;
  reads: Set<net.Socket>;
  driven: boolean | null;
  held: boolean | null;
}

/** `onChange`: a line changed its level. */
export function simulatedLines(
  names: readonly string[],
  onChange: (line: string, level: boolean) => void = () => {},
): SimulatedLines {
  const wires = new Map<string, Wire>(
    names.map((name) => [name, { owner: null, reads: new Set(), driven: null, held: null }]),
  );
  const levelOf = ({ held, driven }: Wire): boolean => held ?? driven ?? false;
  const change = (name: string, wire: Wire, work: () => void): void => {
    const before = levelOf(wire);
    work();
    const level = levelOf(wire);
    if (level === before) return;
    onChange(name, level);
    for (const reader of wire.reads) reader.write(`${JSON.stringify({ edge: name, level })}\n`);
  };
  const free = (name: string, wire: Wire): void =>
    change(name, wire, () => {
      wire.owner = null;
      wire.driven = null;
    });
  const answer = (socket: net.Socket, { id, op, line, level }: z.infer<typeof request>): object => {
    const wire = wires.get(line);
    if (!wire) return { id, fault: 'config', why: `no line "${line}"; there are ${names.join(', ')}` };
    if (wire.owner !== null && wire.owner !== socket && op !== 'get')
      return { id, fault: 'refused', why: `another program holds "${line}"` };
    if (op === 'in') wire.reads.add(socket);
    if (op === 'free') {
      wire.reads.delete(socket);
      free(line, wire);
    }
    if (op === 'out' || op === 'set')
      change(line, wire, () => {
        wire.owner = socket;
        wire.driven = level;
      });
    return { id, level: levelOf(wire) };
  };
  const sockets = new Set<net.Socket>();
  let isAway = false;
  const server = net.createServer((socket) => {
    if (isAway) return void socket.destroy();
    let rest = '';
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      for (const [name, wire] of wires) {
        wire.reads.delete(socket);
        if (wire.owner === socket) free(name, wire);
      }
    });
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longest) return void socket.destroy();
      for (const line of lines) {
        const asked = request.safeParse(parsed(line)).data;
        // A client of another kind: the lines stay for the others.
        if (!asked) return void socket.destroy();
        socket.write(`${JSON.stringify(answer(socket, asked))}\n`);
      }
    });
  });
  const at = (line: string): Wire => {
    const wire = wires.get(line);
    if (!wire) throw new RangeError(`no line "${line}"`);
    return wire;
  };
  return {
    server,
    level: (line) => levelOf(at(line)),
    isDriven: (line) => at(line).owner !== null,
    hold: (line, level) => {
      const wire = at(line);
      change(line, wire, () => {
        wire.held = level;
      });
    },
    away: (gone) => {
      isAway = gone;
      if (gone) for (const socket of sockets) socket.destroy();
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
