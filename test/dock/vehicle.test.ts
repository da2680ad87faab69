import test from 'ava';
import type { Message } from '../../daemons/core/mavlink/decode.ts';
import { flies, heard, unheard, type Vehicle } from '../../daemons/dock/vehicle.ts';

const says = (name: string, fields: Message['fields'], component = 1): Message =>
  ({ name, component, system: 1, fields }) as Message;
const beat = (armed: boolean): Message => says('HEARTBEAT', { base_mode: armed ? 129 : 1 });
const landed = (state: number): Message => says('EXTENDED_SYS_STATE', { landed_state: state });
const height = (mm: number): Message => says('GLOBAL_POSITION_INT', { relative_alt: mm });
const after = (...all: readonly Message[]): Vehicle => all.reduce((v, one) => heard(v, one, 1000), unheard);

test('whether it is off the ground: by its own word, else by arming and height', (t) => {
  const at = (vehicle: Vehicle, nowMs = 1000) => flies(vehicle, nowMs, 5000);
  t.is(at(unheard), null);
  t.is(at(after(beat(false))), false);
  t.is(at(after(beat(true))), null, 'armed on the ground, or about to leave it');
  t.is(at(after(beat(true), height(2500))), true);
  t.is(at(after(beat(true), height(200))), null);
  // MAV_LANDED_STATE: on the ground, in the air, taking off, landing; 0 and what is not known say nothing.
  t.is(at(after(beat(true), height(2500), landed(1))), false, 'landed higher than it began');
  for (const state of [2, 3, 4]) t.is(at(after(beat(true), landed(state))), true);
  for (const state of [0, 9]) t.is(at(after(beat(true), height(2500), landed(1), landed(state))), true);
  t.is(at(after(beat(true), landed(2)), 6001), null, 'not heard for longer than it may be');
});

test('a component beside the autopilot says nothing of the flight', (t) => {
  t.is(after(beat(true), says('EXTENDED_SYS_STATE', { landed_state: 1 }, 154)).landed, null);
});
