/** Who comes to the alarm at the post: a question or a command of the control link to what is answered. */
import type { AlarmRequest, Reply, Request } from '../../core/procedure/link.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import type { CrewCommand } from '../crew/crew.ts';

type AlarmReply = Extract<Reply, { say: 'alarm' }>;

export interface AlarmDesk {
  now(): Stamp;
  status(): AlarmReply['status'];
  /** Obeys, keeps what came of it, and says it in words. */
  command(command: CrewCommand): string;
}

export const isAlarmRequest = (request: Request): request is AlarmRequest =>
  request.ask === 'alarm' || request.ask === 'alarm-reset' || request.ask === 'alarm-mute';

export function answerAlarm(desk: AlarmDesk, request: AlarmRequest): AlarmReply {
  const told = request.ask === 'alarm' ? null : desk.command(commandFor(request, desk.now()));
  return { say: 'alarm', status: desk.status(), told };
}

function commandFor(request: Exclude<AlarmRequest, { ask: 'alarm' }>, at: Stamp): CrewCommand {
  const { by } = request;
  if (request.ask === 'alarm-reset') return { is: 'reset', at, by };
  return { is: 'mute', at, by, untilNs: at.monoNs + request.minutes * 60e9 };
}
