/** What is told of the crew's alarm beside its alerts. */
import type { Said } from '../sensor-event.ts';
import type { CrewCommand } from './crew.ts';
import type { Level } from './safety.ts';

export type Told = Said;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

export const stelEvent = (quantity: string, known: boolean, share: number, least: number): Said => ({
  type: known ? 'stel-known' : 'stel-unknown',
  severity: known ? 'info' : 'warning',
  message: known
    ? `${quantity}: the mean of 15 minutes is known again`
    : `${quantity}: STEL is not known: ${percent(share)} of the last 15 minutes were measured, ${percent(least)} are needed; A1 and A2 go on, and gas that is over the limit whatever the rest was still alarms`,
  detail: { quantity, share, least },
});

interface OfGas {
  readonly quantity: string;
  readonly released: readonly Level[];
  readonly over: readonly Level[];
}

const levels = (of: readonly OfGas[], which: 'released' | 'over'): string =>
  of
    .filter((one) => one[which].length > 0)
    .map((one) => `${one.quantity} ${one[which].map((level) => level.toUpperCase()).join(', ')}`)
    .join('; ');

/** What is told of a command, whether it did anything or not. */
export function commandEvent(command: CrewCommand, gases: readonly OfGas[]): Said {
  const { by } = command;
  if (command.is === 'mute')
    return {
      type: 'alarm-muted',
      severity: 'warning',
      message: `${by} muted the sounder: beacon and relay stay, another level is heard at once`,
      detail: { by, untilNs: command.untilNs },
    };
  const [released, over] = [levels(gases, 'released'), levels(gases, 'over')];
  const did = released === '' ? 'nothing was latched that could be' : `released: ${released}`;
  if (over === '')
    return {
      type: 'alarm-reset',
      severity: 'info',
      message: `${by} reset the crew's alarm; ${did}`,
      detail: { by, gases },
    };
  return {
    type: 'alarm-reset-refused',
    severity: 'warning',
    message: `${by} asked for a reset; still over its limit, or not known to be under it: ${over}; ${did}`,
    detail: { by, gases },
  };
}
