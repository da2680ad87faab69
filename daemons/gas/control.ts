/** The control link's two ends of a conversation: requests are parsed, whatever is no request is answered with what it should be. */
import { longestRequest, type Reply, reply, request } from '../core/procedure/link.ts';
import { type AlarmDesk, answerAlarm, isAlarmRequest } from './alarm/desk.ts';
import type { PassageDesk } from './passage/desk.ts';
import type { Client } from './procedures/workbench-parts.ts';
import type { PostWorkbench } from './technician.ts';

export interface Desks {
  readonly workbench: PostWorkbench;
  readonly alarm: AlarmDesk;
  readonly passages: PassageDesk;
}

/** Of the socket. */
export const controlLimits = { longest: longestRequest, mostClients: 16 };

/** A client of the workbench, the alarm and the passages, behind lines of text. */
export function controlClient(
  { workbench, alarm, passages }: Desks,
  send: (line: string) => void,
): { onLine(line: string): void; onClose(): void } {
  const tell = (one: Reply): void => send(JSON.stringify(reply.parse(one)));
  const client: Client = workbench.connect(tell);
  return {
    onLine: (line) => {
      const asked = request.safeParse(parsed(line));
      const { data } = asked;
      if (data && isAlarmRequest(data)) tell(answerAlarm(alarm, data));
      else if (data?.ask === 'passages' || data?.ask === 'passage-decide') tell(passages.answer(data));
      else if (data?.ask === 'post') tell(postReply({ workbench, alarm }));
      else if (data) client.receive(data);
      else
        tell({ say: 'refused', message: 'this is no request: one JSON object a line, with "ask": watch, begin, ...' });
    },
    onClose: () => client.gone(),
  };
}

function postReply({ workbench, alarm }: Pick<Desks, 'workbench' | 'alarm'>): Reply {
  const { raised, ...post } = workbench.post();
  const latched = alarm
    .status()
    .gases.filter((one) => one.latched.length > 0)
    .map((one) => `${one.quantity} alarm`);
  return { say: 'post', ...post, raised: [...raised, ...latched] };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
