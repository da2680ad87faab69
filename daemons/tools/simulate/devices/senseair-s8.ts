/** A Senseair S8 (TDE2067): its four input registers, and the hours of its baseline correction in holding register 32. */
import { modbusServer } from './modbus.ts';

interface Model {
  readonly co2: () => number;
  readonly meterStatus: () => number;
  readonly baselineHours: number;
}

/** It answers to unit 254, as each S8 does. `writes` counts how often its memory was written. */
export function senseairS8({ co2, meterStatus, baselineHours }: Model): {
  receive(bytes: Uint8Array): Uint8Array[];
  hours(): number;
  writes(): number;
} {
  let hours = baselineHours;
  let writes = 0;
  const receive = modbusServer({
    unit: 254,
    register: (table, address) => {
      if (table === 'holding') return address === 31 ? hours : null;
      return [meterStatus(), 0, 0, Math.round(co2()) & 0xffff][address] ?? null;
    },
    store: (address, value) => {
      if (address !== 31) return false;
      hours = value;
      writes += 1;
      return true;
    },
  });
  return { receive, hours: () => hours, writes: () => writes };
}
