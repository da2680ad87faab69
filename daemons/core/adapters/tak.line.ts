/** One connection to a TAK server: what is written to it, and how it is known to be dead though TCP believes in it. */
import type net from 'node:net';
import { pingOf, pongIn } from '../cot/event.ts';
import type { Clock } from '../ports/clock.ts';
import type { CotEvent } from '../values/cot.ts';

export interface TakLine {
  /** Why it ended. */
  readonly ended: Promise<string>;
  readonly isOver: boolean;
  /** Resolves when the system has taken it, or when the line is over. */
  say(event: CotEvent): Promise<void>;
  /** Asks now and then whether the server still hears us; ends the line when one that used to answer does no more. */
  ping(): Promise<void>;
  close(): void;
}

/** A socket that takes nothing for so long belongs to a server that reads no more. */
const stallMs = 15_000;
const pingMs = 20_000;
const mostUnanswered = 3;
/** Of what a server says only an answer to a ping is of interest: so much is looked through. */
const mostHeard = 8192;

/** `who` names this sender in pings. */
export function takLine(socket: net.Socket, who: string, clock: Clock): TakLine {
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  let isOver = false;
  let [unanswered, answers, heard, pingedNs] = [0, false, '', clock.now().monoNs];
  void ended.then(() => {
    isOver = true;
    socket.destroy();
  });
  socket.on('error', (error: Error) => end(error.message));
  socket.on('close', () => end('the server closed the connection'));
  socket.on('data', (bytes: Buffer) => {
    heard = (heard + bytes.toString('latin1')).slice(-mostHeard);
    if (pongIn(heard)) [heard, unanswered, answers] = ['', 0, true];
  });

  const say = async ({ xml }: CotEvent): Promise<void> => {
    if (isOver || socket.write(`${xml}\n`)) return;
    const drained = new AbortController();
    socket.once('drain', () => drained.abort());
    void ended.then(() => drained.abort());
    await clock.sleep(stallMs, 'TAK server takes nothing', drained.signal);
    if (!drained.signal.aborted) end(`the server has taken nothing for ${stallMs / 1000} s`);
  };

  return {
    ended,
    get isOver() {
      return isOver;
    },
    say,
    ping: async () => {
      const { monoNs, wallMs } = clock.now();
      if (monoNs - pingedNs < pingMs * 1e6) return;
      if (answers && unanswered >= mostUnanswered) return end('the server has gone deaf: it answers no pings any more');
      pingedNs = monoNs;
      unanswered += 1;
      await say(pingOf(who, wallMs));
    },
    close: () => end('closed'),
  };
}
