/** The gate before what a payload captures, by the word on the box's feed: see `core/sortie/gate.ts`. */
import type { Clock } from '../ports/clock.ts';
import { covers, type GateInput, type GateSaid, gateStep, shutGate } from '../sortie/gate.ts';
import { readFeed } from './feed.unix.ts';

export interface CaptureGate {
  covers(momentNs: number): boolean;
  close(): void;
}

/** Nothing is asked of a box that flies no sorties. */
export const noGate: CaptureGate = { covers: () => true, close: () => {} };

/** How often an old word is looked at, in ms. */
const lookMs = 250;

export function openCaptureGate(socket: string, clock: Pick<Clock, 'now'>, say: (said: GateSaid) => void): CaptureGate {
  let gate = shutGate;
  const step = (input: GateInput): void => {
    const [next, ...said] = gateStep(gate, input, clock.now().monoNs);
    gate = next;
    for (const one of said) say(one);
  };
  const reading = readFeed(socket, clock.now().boot, {
    onValue: (value) => {
      if (value.kind === 'capture') step({ is: 'word', word: value });
    },
    onLost: () => step({ is: 'lost' }),
  });
  const timer = setInterval(() => step({ is: 'look' }), lookMs);
  timer.unref();
  step({ is: 'look' });
  return {
    covers: (momentNs) => covers(gate, momentNs),
    close: () => {
      clearInterval(timer);
      reading.close();
    },
  };
}
