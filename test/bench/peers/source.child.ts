/** The instrument: a TCP server for each contestant, in a process of its own. It says the same bytes to whoever it is told to speak to. */
import net from 'node:net';
import process from 'node:process';
import type { Ask, Said } from './source.ts';
import { lineOf } from './stream.ts';

const sliceLines = 4000;
const lines: { socket: net.Socket | null }[] = [];
let onHeard = (): void => {};
let held = false;
const now = (): number => performance.timeOrigin + performance.now();
const say = (said: Said): void => void process.send?.(said);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const open = (): Promise<number> =>
  new Promise((resolve) => {
    const line: { socket: net.Socket | null } = { socket: null };
    lines.push(line);
    const server = net.createServer((socket) => {
      line.socket = socket.setNoDelay(true);
      // An empty line first: whoever hears it knows that the next line is a whole one.
      socket.write('\n');
      onHeard();
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        if (line.socket === socket) line.socket = null;
      });
    });
    server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port));
  });

const drained = (socket: net.Socket): Promise<void> => new Promise((resolve) => void socket.once('drain', resolve));

/** As fast as it is taken. */
async function blast({ to, count, shape }: Extract<Ask, { do: 'blast' }>): Promise<void> {
  const slices: string[] = [];
  for (let from = 0; from < count; from += sliceLines)
    slices.push(Array.from({ length: Math.min(sliceLines, count - from) }, (_, i) => lineOf(from + i, shape)).join(''));
  const socket = lines[to]?.socket;
  if (!socket) throw new Error(`nobody listens at line ${to}`);
  const fromMs = now();
  for (const slice of slices) if (!socket.write(slice)) await drained(socket);
  say({ did: 'blast', fromMs });
}

/** `perS` readings a second to each; one that is away is waited for, and goes on where it was. */
async function pace({ to, count, perS, shape }: Extract<Ask, { do: 'pace' }>): Promise<void> {
  const next = to.map(() => 0);
  const sentMs: number[][] = to.map(() => []);
  const began = performance.now();
  for (let beat = 1; next.some((one) => one < count); beat++) {
    await pause(Math.max(0, began + (1000 * beat) / perS - performance.now()));
    if (held) continue;
    to.forEach((line, n) => {
      const socket = lines[line]?.socket;
      const i = next[n] ?? 0;
      if (!socket || i >= count) return;
      sentMs[n]?.push(now());
      socket.write(lineOf(i, shape));
      next[n] = i + 1;
    });
  }
  say({ did: 'pace', sentMs });
}

process.on('message', async (ask: Ask) => {
  if (ask.do === 'open') {
    const ports = await Promise.all(Array.from({ length: ask.lines }, open));
    say({ did: 'open', ports });
  } else if (ask.do === 'wait') {
    while (!ask.to.every((line) => lines[line]?.socket))
      await new Promise<void>((resolve) => {
        onHeard = resolve;
      });
    say({ did: 'wait' });
  } else if (ask.do === 'hold') held = ask.held;
  else if (ask.do === 'blast') await blast(ask);
  else await pace(ask);
});
process.on('disconnect', () => process.exit(0));
