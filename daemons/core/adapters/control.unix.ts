/** The technician's end of the gas daemon's control link: see core/procedure/link.ts. */
import { longestReply, type Reply, type Request, reply } from '../procedure/link.ts';
import { connectLines } from './lines.unix.ts';

export interface Control {
  ask(request: Request): void;
  close(): void;
}

export interface ControlEvents {
  onReply(reply: Reply): void;
  /** The gas daemon is gone, or hung up. */
  onClose(): void;
}

/** Well under the shortest silence after which a client counts as lost. */
const aliveMs = 4000;

/**
 * Connects, and says that it is alive until it is closed. A reply that this program does not know is passed over.
 * Errors: Fault `absent` when the gas daemon does not run.
 */
export async function connectControl(file: string, events: ControlEvents): Promise<Control> {
  let timer: NodeJS.Timeout | undefined;
  const link = await connectLines(file, longestReply, () => ({
    onLine: (line) => {
      const said = reply.safeParse(parsed(line)).data;
      if (said) events.onReply(said);
    },
    onClose: () => {
      clearInterval(timer);
      events.onClose();
    },
  }));
  const ask = (request: Request): void => link.send(JSON.stringify(request));
  timer = setInterval(() => ask({ ask: 'alive' }), aliveMs);
  return { ask, close: link.close };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
