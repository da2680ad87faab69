/** The control link's two ends of a conversation: requests are parsed, whatever is no request is answered with what it should be. */
import { type Reply, reply, request } from '../core/procedure/link.ts';
import type { Client, Workbench } from './procedures/workbench-parts.ts';

/** A client of the workbench behind lines of text. */
export function controlClient(
  workbench: Workbench,
  send: (line: string) => void,
): { onLine(line: string): void; onClose(): void } {
  const tell = (one: Reply): void => send(JSON.stringify(reply.parse(one)));
  const client: Client = workbench.connect(tell);
  return {
    onLine: (line) => {
      const asked = request.safeParse(parsed(line));
      if (asked.success) client.receive(asked.data);
      else
        tell({ say: 'refused', message: 'this is no request: one JSON object a line, with "ask": watch, begin, ...' });
    },
    onClose: () => client.gone(),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
