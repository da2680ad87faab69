/** Commands of the centre on their way to the dock daemon of this box. The uplink only carries them: who is believed is the dock's matter. */
import { isFault } from '../core/ports/fault.ts';
import type { Told } from '../core/spool/gone.ts';
import { longestCommand } from '../core/wire/command.ts';
import { textOf } from '../core/wire/parse.ts';

/** A conversation with the dock daemon: one request, one answer. Errors: Fault `absent` when nobody serves there. */
export type AskDock = (line: string) => Promise<unknown>;

/** Commands on their way at the most: nobody gives more of them in the time that one takes. */
const mostOnWay = 4;
/** What was not delivered is told so often in an hour. */
const [mostTold, toldForMs] = [20, 3_600_000];

export function forwardCommands(
  ask: AskDock,
  tell: (told: Told) => void,
  monoMs: () => number,
): (payload: Uint8Array) => void {
  let onWay = 0;
  let told = { sinceMs: 0, count: 0 };
  const lost = (why: string): void => {
    if (monoMs() - told.sinceMs > toldForMs) told = { sinceMs: monoMs(), count: 0 };
    told = { ...told, count: told.count + 1 };
    if (told.count > mostTold) return;
    tell({
      type: 'command-lost',
      severity: 'warning',
      message: `a command of the centre did not reach the dock daemon: ${why}; nothing was done, a person may give it again`,
      detail: { why },
    });
  };
  return (payload) => {
    if (payload.length > longestCommand) return lost(`${payload.length} bytes; ${longestCommand} at the most`);
    if (onWay >= mostOnWay) return lost(`${mostOnWay} others are on their way`);
    let command: string;
    try {
      command = textOf(payload);
    } catch (error) {
      if (!isFault(error)) throw error;
      return lost(error.message);
    }
    onWay += 1;
    void ask(JSON.stringify({ ask: 'flight', command }))
      .catch((error: unknown) => {
        if (!isFault(error)) throw error;
        lost(error.message);
      })
      .finally(() => {
        onWay -= 1;
      });
  };
}
