/** The messages of MAVLink's mission protocol, written and compared. */
import type { Message, Value } from '../core/mavlink/decode.ts';
import type { Outgoing } from '../core/mavlink/speaking.ts';
import type { MissionItem } from './mission.ts';

/** MAV_COMP_ID_AUTOPILOT1. */
const autopilot = 1;

const to = (drone: number, name: string, fields: Readonly<Record<string, Value>> = {}): Outgoing => ({
  name,
  fields: { target_system: drone, target_component: autopilot, ...fields },
});

export const countOf = (count: number, drone: number): Outgoing => to(drone, 'MISSION_COUNT', { count });
export const wantList = (drone: number): Outgoing => to(drone, 'MISSION_REQUEST_LIST');
export const clearAll = (drone: number): Outgoing => to(drone, 'MISSION_CLEAR_ALL');
export const askFor = (seq: number, drone: number): Outgoing => to(drone, 'MISSION_REQUEST_INT', { seq });
/** MAV_MISSION_ACCEPTED: the download is over. */
export const thanks = (drone: number): Outgoing => to(drone, 'MISSION_ACK', { type: 0 });
/** MAV_MISSION_OPERATION_CANCELLED: a drone keeps the mission that it had. */
export const cancelling = (drone: number): Outgoing => to(drone, 'MISSION_ACK', { type: 15 });

export const itemOf = ({ params, ...item }: MissionItem, drone: number): Outgoing =>
  to(drone, 'MISSION_ITEM_INT', {
    ...{ seq: item.seq, frame: item.frame, command: item.command, current: 0, autocontinue: item.autocontinue },
    ...{ param1: params[0], param2: params[1], param3: params[2], param4: params[3] },
    ...{ x: item.x, y: item.y, z: item.z },
  });

export const numberIn =
  ({ fields }: Message) =>
  (name: string): number =>
    Number(fields[name] ?? Number.NaN);

/** What autopilots round to: 1e-7 degrees, metres or a parameter's unit. */
const [placeStep, numberStep] = [2, 0.02];

/** The first field in which what the drone holds is another; null: it is what was sent. */
export function differs(item: MissionItem, message: Message): string | null {
  if (item.home) return null;
  const field = numberIn(message);
  for (const name of ['command', 'frame', 'autocontinue'] as const) if (field(name) !== item[name]) return name;
  // A command without a place may be given one by the drone.
  if (item.frame === 6) {
    for (const name of ['x', 'y'] as const) if (!(Math.abs(field(name) - item[name]) <= placeStep)) return name;
    if (!(Math.abs(field('z') - item.z) <= numberStep)) return 'z';
  }
  const at = item.params.findIndex((one, i) => !(Math.abs(field(`param${i + 1}`) - one) <= numberStep));
  return at < 0 ? null : `param${at + 1}`;
}

/** MAV_MISSION_RESULT of MAVLink's common definitions. */
const results = [
  ...['ACCEPTED', 'ERROR', 'UNSUPPORTED_FRAME', 'UNSUPPORTED', 'NO_SPACE', 'INVALID', 'INVALID_PARAM1'],
  ...['INVALID_PARAM2', 'INVALID_PARAM3', 'INVALID_PARAM4', 'INVALID_PARAM5_X', 'INVALID_PARAM6_Y', 'INVALID_PARAM7'],
  ...['INVALID_SEQUENCE', 'DENIED', 'OPERATION_CANCELLED'],
];

export const ackName = (type: number): string =>
  results[type] === undefined ? `an unknown result (${type})` : `MAV_MISSION_${results[type]}`;
