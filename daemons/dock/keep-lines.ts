/** Keeps the lines of the dock open: with everything off at first, and again after they went away. */
import type { Running } from '../core/daemon/running.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Gpio } from '../core/ports/gpio.ts';
import type { DockWiring } from './config.ts';
import type { LineInput } from './line.ts';
import { type DockLines, openLines } from './lines.ts';

export interface KeptLines {
  /** Null while they are away. */
  readonly now: DockLines | null;
  /** Runs until the daemon stops. Errors: Fault `config` for a line that no chip of this machine ever had. */
  run(): Promise<void>;
}

export interface LinesParts {
  readonly gpio: Gpio;
  readonly wiring: DockWiring;
  tell(input: LineInput): void;
  /** A pulse of the cups, and how many count with it. */
  onPulse(atMs: number, count: number): void;
}

/** How long lines that are gone are left alone, in ms. */
const againMs = 1000;

export function keepLines(
  { gpio, wiring, tell, onPulse }: LinesParts,
  { clock, signal }: Pick<Running, 'clock' | 'signal'>,
): KeptLines {
  let lines: DockLines | null = null;
  const lost = (error: unknown): void => {
    if (!isFault(error)) throw error;
    tell({ is: 'lost', what: 'lines', why: error.message });
  };
  return {
    get now() {
      return lines;
    },
    run: async () => {
      let wereThere = false;
      while (!signal.aborted) {
        try {
          const opened = await openLines(gpio, wiring, (name, level) => tell({ is: 'level', name, level }), onPulse);
          lines = opened;
          wereThere = true;
          tell({ is: 'back', what: 'lines', why: 'all of them are open' });
          const aborted = new Promise<null>((resolve) =>
            signal.addEventListener('abort', () => resolve(null), { once: true }),
          );
          const why = signal.aborted ? null : await Promise.race([opened.ended, aborted]);
          if (why) lost(why);
          lines = null;
          await opened.close();
        } catch (error) {
          // What the files say wrong does not mend itself; a line that was there is away with its chip, and may come again.
          if (isFault(error) && error.kind === 'config' && !wereThere) throw error;
          lost(error);
        }
        await clock.sleep(againMs, 'lines of the dock', signal);
      }
    },
  };
}
