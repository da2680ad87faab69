/** What the centre is told of a procedure and of the inhibition that goes with it. */
import type { Stamp } from '../../core/values/stamp.ts';
import type { Inhibition } from '../inhibit.ts';
import type { Said } from '../sensor-event.ts';
import type { Ending } from './ending.ts';
import { gasesOf } from './gases.ts';
import type { Session } from './session.ts';

const names = { adjustment: 'an adjustment', check: 'a calibration check', bump: 'a bump test' } as const;
const minutes = (seconds: number): string => `${Math.round(seconds / 60)} min`;

export const begunEvent = ({ id, target, choice, by }: Session, { untilNs, since }: Inhibition): Said => ({
  type: 'channel-inhibited',
  severity: 'info',
  message: `${target.target}: ${by} begins ${names[choice.kind]}; its readings are kept and judged by no rule, for ${minutes((untilNs - since.monoNs) / 1e9)} at the most`,
  detail: {
    target: target.target,
    channel: target.channel,
    procedure: id,
    kind: choice.kind,
    by,
    gases: gasesOf(choice).map((one) => one.id),
    ...(choice.reason ? { reason: choice.reason } : {}),
    longestS: (untilNs - since.monoNs) / 1e9,
  },
});

export function endedEvent({ id, target, choice, by, state, record }: Session, ending: Ending): Said {
  const stands = ending.result === 'adjusted' ? 'the new calibration is in force' : 'the calibration in force stands';
  const because = ending.reason ? ` (${ending.reason}${ending.why ? `: ${ending.why}` : ''})` : '';
  return {
    type: 'procedure-ended',
    severity: ending.result === 'failed' ? 'warning' : 'info',
    message: `${target.target}: ${names[choice.kind]} ended, ${ending.result}${because}; ${stands}`,
    detail: {
      target: target.target,
      procedure: id,
      kind: choice.kind,
      by,
      ...ending,
      record,
      taken: state.taken.map(({ stage, applied, read, shown }) => ({ stage, applied, read, shown })),
    },
  };
}

export const extendedEvent = (
  { target, procedure, by, extensions }: Inhibition,
  s: number,
  reason: string | null,
): Said => ({
  type: 'inhibition-extended',
  severity: 'warning',
  message: `${target}: inhibited ${minutes(s)} longer, for the ${extensions}. time`,
  detail: { target, procedure, by, extensions, reason },
});

export const releasedEvent = (
  { target, channel, procedure, since, extensions }: Inhibition,
  why: string,
  now: Stamp,
): Said => ({
  type: 'inhibition-ended',
  severity: 'info',
  message: `${target}: is judged again: ${why}`,
  detail: {
    target,
    channel,
    procedure,
    extensions,
    // Monotonic times of two boots say nothing together.
    lastedS: since.boot === now.boot ? Math.round((now.monoNs - since.monoNs) / 1e9) : null,
  },
});

/** After a restart in mid-procedure. */
export const interruptedEvent = ({ target, channel, procedure, by }: Inhibition): Said => ({
  type: 'procedure-interrupted',
  severity: 'warning',
  message: `${target}: the daemon was restarted in the middle of a procedure of ${by}; the calibration in force stands, and the channel stays inhibited until its time is over or a technician says that the line is purged`,
  detail: { target, channel, procedure, by },
});
