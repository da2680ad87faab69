/** What the dock says, as events for the record: a technician at the box and an operator far away read the same words. */
import type { Air } from '../core/codecs/sht4x.ts';
import type { BoxEvent } from '../core/values/envelope.ts';
import type { Readiness } from '../core/values/readiness.ts';
import type { LineSaid } from './line.ts';

export type DockEvent = Omit<BoxEvent, 'at'>;

export function eventOf(said: LineSaid): DockEvent {
  const event = (type: string, severity: BoxEvent['severity'], message: string): DockEvent => ({
    ...{ type: `dock-${type}`, severity, message },
    detail: { ...said },
  });
  switch (said.is) {
    case 'changed':
      return event(
        'state',
        bad(said.to) ? 'warning' : 'info',
        `the dock is ${said.to}, it was ${said.from}: ${said.why}`,
      );
    case 'refused':
      return event('refused', 'warning', `${said.command}, asked by ${said.by}, is refused: ${said.why}`);
    case 'by-hand':
      return event('by-hand', 'info', `${said.command} at the box, by ${said.by}`);
    case 'relay-stuck':
      return event('relay-stuck', 'error', `${said.why}: the dock drives nothing until a person at the box resets it`);
    case 'heater':
      return event('heater', 'info', `the heater is ${said.on ? 'on' : 'off'}: ${airText(said.air)}`);
    case 'air-lost':
      return event('air-lost', 'warning', `the air in the dock cannot be measured (${said.why}): the heater is off`);
    case 'air-back':
      return event('air-back', 'info', 'the air in the dock can be measured again');
    case 'lost':
      return event(
        'lost',
        'error',
        `the ${said.what} of the dock cannot be read (${said.why}): motor and charger are off`,
      );
    case 'back':
      return event('back', 'info', `the ${said.what} of the dock can be read again`);
  }
}

const airText = (air: Air | null): string =>
  air
    ? `${air.temperatureC.toFixed(1)} C, ${air.humidityPercent.toFixed(0)} % relative humidity`
    : 'the air is not known';

const bad = (mode: string): boolean => mode === 'jammed' || mode === 'emergency';

export const readinessEvent = ({ ready, reasons }: Readiness): DockEvent => ({
  type: 'dock-readiness',
  severity: 'info',
  message: ready ? 'the drone can fly' : `the drone cannot fly: ${reasons.map(({ why }) => why).join('; ')}`,
  detail: { ready, reasons },
});
