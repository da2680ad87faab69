import type { Sensor } from '../core/config/box.ts';
import type { Fault } from '../core/ports/fault.ts';
import type { BoxEvent } from '../core/values/envelope.ts';
import type { GasSection } from './config.ts';

/** An event but for its moment. */
export type Said = Omit<BoxEvent, 'at'>;

/** What is told when a sensor begins to fail, and, with null, when it answers again. */
export function sensorEvent({ id, part, port }: Sensor, fault: Fault | null): Said {
  if (fault)
    return {
      type: 'sensor-failing',
      severity: 'error',
      message: `${id} (${part} on ${port}): ${fault.message}; its channels are gaps until it answers`,
      detail: { sensor: id, kind: fault.kind },
    };
  return {
    type: 'sensor-working',
    severity: 'info',
    message: `${id} (${part} on ${port}) answers again`,
    detail: { sensor: id },
  };
}

/** What is told at the start of each quantity that has no calibration record. */
export const uncalibratedEvent = (name: string): Said => ({
  type: 'uncalibrated',
  severity: 'warning',
  message: `${name}: no calibration record; its readings are kept and flagged, not trusted`,
  detail: { name },
});

/** What is told at the start of a box that cannot sign; `why` names the file and what would be right. */
export const unsignedEvent = (why: string): Said => ({
  type: 'unsigned',
  severity: 'warning',
  message: `${why}; everything is kept and chained, and nobody can prove that this box said it`,
  detail: {},
});

/** What is told where no technician can reach the daemon; it goes on without. */
export const unservedEvent = ({ message, kind }: Fault): Said => ({
  type: 'control-link-absent',
  severity: 'warning',
  message: `${message}; nobody can calibrate here until the next start, everything else goes on`,
  detail: { kind },
});

/**
 * What is told when the profile's model does not fit this box: the rules that need no model still watch. `standIn`: an
 * earlier model decides in its place.
 */
export function modelRefusedEvent({ model, rules }: GasSection, fault: Fault, standIn = false): Said {
  const blind = standIn ? [] : rules.filter((rule) => rule.score === 'model').map((rule) => rule.kind);
  const without = blind.length > 0 ? `; without it these rules see nothing: ${blind.join(', ')}` : '';
  return {
    type: 'model-refused',
    severity: 'error',
    message: `${fault.message}${without}; every other rule goes on`,
    detail: { model: model?.folder ?? null, kind: fault.kind, rules: blind },
  };
}
