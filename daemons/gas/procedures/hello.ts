import { isFault } from '../../core/ports/fault.ts';
import type { Reply } from '../../core/procedure/link.ts';
import type { WorkbenchParts } from './workbench-parts.ts';

/** What a client is told first: the channels of the box and its gases; a file of gases with mistakes is told beside it. */
export function hello(parts: WorkbenchParts, send: (reply: Reply) => void): void {
  const targets = parts.targets.map((one) => {
    const record = parts.inForce(one);
    return {
      target: one.target,
      sensor: one.sensor,
      serial: one.serial,
      part: one.part,
      quantity: one.quantity,
      unit: one.unit,
      t90S: one.t90S,
      alarmOn: one.alarm?.on ?? null,
      inForce: record && { id: record.id, atMs: record.atMs, validUntilMs: record.validUntilMs },
    };
  });
  const base = { say: 'box' as const, device: parts.device, simulated: parts.simulated, targets };
  try {
    send({ ...base, gases: [...parts.gases()] });
  } catch (error) {
    if (!isFault(error)) throw error;
    send({ ...base, gases: [] });
    send({ say: 'refused', message: error.message, unasked: true });
  }
}
