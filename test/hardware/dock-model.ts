/** What hangs on a dock in the guest: a hatch that its motor moves, cups in the wind, what measures the supply, and a drone on USB that says MAVLink. */

import { payloadOf, type Value } from '../../daemons/core/mavlink/decode.ts';
import { frameOf } from '../../daemons/core/mavlink/encode.ts';
import { layouts } from '../../daemons/core/mavlink/messages.ts';
import type { SimulatedPart } from '../../daemons/tools/simulate/devices/ads1115.ts';
import type { SerialDevice } from '../captures/serial-parts.ts';
import type { SimulatedChip } from './gpio-sim.ts';

export const inputs = { atOpen: 0, atClosed: 1, stopPressed: 2, person: 3, seated: 4, rain: 5 } as const;
export const outputs = { opens: 6, closes: 7, charger: 8, light: 9, heater: 10 } as const;
/** A contact that the cups of an anemometer close once a turn. */
export const cupsLine = 11;
type InputName = keyof typeof inputs;
export type Wires = Readonly<Record<keyof typeof outputs, boolean>>;

/** A guest that stands still for a second or two finds it still under way. */
const travelMs = 10_000;
const tickMs = 40;
/** From one edge of the cups to the next: a light air, and a storm. */
const turnsMs = { calm: 500, storm: 60 };
const amps = { rest: 0.05, runs: 2, blocked: 12, charges: 1.5 };

export interface HatchModel {
  /** 0 closed, 1 open. */
  at(): number;
  amps(): number;
  /** As a meter shows the outputs now. */
  wires(): Wires;
  block(is: boolean): void;
  blow(wind: keyof typeof turnsMs): void;
  put(name: Exclude<InputName, 'atOpen' | 'atClosed'>, is: boolean): void;
  /** Pulls the plug of the chip: relays fall. */
  unplug(): void;
  replug(): void;
}

/** Moves with the time of the guest, as its motor's relays are; its switches follow. */
export function hatchModel(chip: SimulatedChip): HatchModel {
  let [at, blocked, away, lastMs] = [0, false, false, performance.now()];
  let [cups, edgeMs, turnMs] = [false, 0, turnsMs.calm];
  const levels = new Map<InputName, boolean>();
  const wanted = new Map<InputName, boolean>(Object.keys(inputs).map((name) => [name as InputName, false]));
  wanted.set('seated', true);
  const wires = (): Wires => {
    const wire = (offset: number): boolean => !away && chip.wire(offset);
    const { opens, closes, charger, light, heater } = outputs;
    return {
      ...{ opens: wire(opens), closes: wire(closes), charger: wire(charger), light: wire(light) },
      heater: wire(heater),
    };
  };
  const put = (): void => {
    wanted.set('atOpen', at === 1).set('atClosed', at === 0);
    for (const [name, level] of wanted) {
      if (away || levels.get(name) === level) continue;
      chip.pull(inputs[name], level);
      levels.set(name, level);
    }
  };
  const tick = (): void => {
    const nowMs = performance.now();
    const { opens, closes } = wires();
    const way = opens === closes ? 0 : opens ? 1 : -1;
    if (!blocked) at = Math.max(0, Math.min(1, at + (way * (nowMs - lastMs)) / travelMs));
    lastMs = nowMs;
    put();
    if (away || nowMs < edgeMs + turnMs) return;
    edgeMs = nowMs;
    cups = !cups;
    chip.pull(cupsLine, cups);
  };
  put();
  setInterval(tick, tickMs);
  return {
    at: () => at,
    wires,
    amps: () => {
      const { opens, closes, charger } = wires();
      if (opens || closes) return blocked ? amps.blocked : amps.runs;
      return charger ? amps.charges : amps.rest;
    },
    block: (is) => {
      blocked = is;
    },
    blow: (wind) => {
      turnMs = turnsMs[wind];
    },
    put: (name, is) => {
      wanted.set(name, is);
      put();
    },
    unplug: () => {
      away = true;
      chip.leave();
    },
    replug: () => {
      chip.come();
      // The simulator forgets what was pulled.
      levels.clear();
      away = false;
      put();
    },
  };
}

/** An INA226 (SBOS547A) behind 2 milliohm: 2.5 uV and 1.25 mV a step, "TI" in register 0xfe. */
export function ina226(now: () => { readonly volts: number; readonly amps: number }): SimulatedPart {
  let pointer = 0;
  return {
    write: ([register = 0]) => {
      pointer = register;
      return true;
    },
    read: (length) => {
      const { volts, amps: flows } = now();
      const words: Readonly<Record<number, number>> = {
        1: Math.round((flows * 2 * 1000) / 2.5),
        2: Math.round((volts * 1000) / 1.25),
        254: 0x5449,
      };
      const word = (words[pointer] ?? 0) & 0xffff;
      return Uint8Array.of(word >> 8, word & 255).subarray(0, length);
    },
  };
}

/** An INA219 (SBOS448G) behind 2 milliohm: 10 uV a step, 4 mV a step above three bits of states; conversion ready, no overflow. */
export function ina219(now: () => { readonly volts: number; readonly amps: number }): SimulatedPart {
  let pointer = 0;
  return {
    write: ([register = 0]) => {
      pointer = register;
      return true;
    },
    read: (length) => {
      const { volts, amps: flows } = now();
      const shunt = Math.round((flows * 2 * 1000) / 10);
      const bus = (Math.round((volts * 1000) / 4) << 3) | 2;
      const word = ([0x399f, shunt, bus][pointer] ?? 0) & 0xffff;
      return Uint8Array.of(word >> 8, word & 255).subarray(0, length);
    },
  };
}

const messages = (bootMs: number): readonly (readonly [number, Readonly<Record<string, Value>>])[] => [
  // Disarmed, ready (MAV_STATE_STANDBY), MAVLink 2.
  [0, { type: 2, autopilot: 3, base_mode: 81, custom_mode: 0, system_status: 3, mavlink_version: 3 }],
  [1, { voltage_battery: 25_000, battery_remaining: 95 }],
  [24, { fix_type: 3, lat: 470_000_000, lon: 85_000_000, eph: 80, satellites_visible: 14, h_acc: 900 }],
  [33, { time_boot_ms: bootMs, lat: 470_000_000, lon: 85_000_000, alt: 500_000, relative_alt: 0, hdg: 9000 }],
  [168, { direction: 270, speed: 3, speed_z: 0 }],
];

/** A copter that stands in its dock: a burst of frames with every tick, numbered on. */
export function standingDrone(): SerialDevice {
  let seq = 0;
  return {
    receive: () => [],
    tick: () =>
      Buffer.concat(
        messages(Math.round(performance.now())).map(([id, fields]) => {
          const layout = layouts.get(id);
          if (!layout) throw new RangeError(`no message ${id}`);
          seq += 1;
          return frameOf(layout, payloadOf(layout, fields), { system: 1, component: 1, seq });
        }),
      ),
  };
}
