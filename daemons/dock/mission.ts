/** A proposed flight as MAVLink mission items (mavlink.io, "Mission Protocol") and as a QGroundControl .plan file. */
import type { ProposedFlight } from './second-look.ts';

export interface MissionItem {
  readonly seq: number;
  /** MAV_FRAME: 6 is altitude above home with integer degrees, 2 is "mission", without a place. */
  readonly frame: 2 | 6;
  readonly command: number;
  readonly autocontinue: 1;
  readonly params: readonly [number, number, number, number];
  /** 1e-7 degrees. */
  readonly x: number;
  readonly y: number;
  /** Metres above home. */
  readonly z: number;
  /** ArduPilot's item 0, in whose place it puts its own home. */
  readonly home?: true;
}

/** MAV_CMD: of these the autopilot is told; arming is not among them. */
const [waypoint, returnToLaunch, takeoff, changeSpeed] = [16, 20, 22, 178];

/** Take-off over the post, the speed, the transects, and home again. The take-off waits for a pilot who arms. */
export function missionOf({ home, path, altM, speedMs }: ProposedFlight): readonly MissionItem[] {
  const at = (command: number, { lat, lon }: ProposedFlight['home']): Omit<MissionItem, 'seq'> => ({
    ...{ frame: 6, command, autocontinue: 1, params: [0, 0, 0, 0] },
    ...{ x: Math.round(lat * 1e7), y: Math.round(lon * 1e7), z: altM },
  });
  const bare = (command: number, params: MissionItem['params']): Omit<MissionItem, 'seq'> => ({
    ...{ frame: 2, command, autocontinue: 1, params },
    ...{ x: 0, y: 0, z: 0 },
  });
  return [
    at(takeoff, home),
    // Ground speed; throttle as it is.
    bare(changeSpeed, [1, speedMs, -1, 0]),
    ...path.map((place) => at(waypoint, place)),
    bare(returnToLaunch, [0, 0, 0, 0]),
  ].map((item, seq) => ({ ...item, seq }));
}

/** As it is uploaded: ArduPilot keeps its home in item 0, and would overwrite the take-off there. */
export function uploadOf(flight: ProposedFlight, autopilot: Autopilot): readonly MissionItem[] {
  const items = missionOf(flight);
  if (autopilot === 'px4') return items;
  const { lat, lon } = flight.home;
  const home: MissionItem = {
    ...{ seq: 0, frame: 6, command: waypoint, autocontinue: 1, params: [0, 0, 0, 0], home: true },
    ...{ x: Math.round(lat * 1e7), y: Math.round(lon * 1e7), z: 0 },
  };
  return [home, ...items.map((item) => ({ ...item, seq: item.seq + 1 }))];
}

/** MAV_AUTOPILOT_ARDUPILOTMEGA or PX4, MAV_TYPE_QUADROTOR. */
const autopilots = { ardupilot: 3, px4: 12 } as const;
const quadrotor = 2;
export type Autopilot = keyof typeof autopilots;

/** The text of a .plan file (QGroundControl's developer guide, "Plan File Format"). */
export function planOf(flight: ProposedFlight, autopilot: Autopilot): string {
  const items = missionOf(flight).map(({ seq, frame, command, params, x, y, z }) => ({
    type: 'SimpleItem',
    autoContinue: true,
    command,
    doJumpId: seq + 1,
    frame: frame === 6 ? 3 : 2,
    params: frame === 6 ? [...params, x / 1e7, y / 1e7, z] : [...params, 0, 0, 0],
  }));
  const { lat, lon } = flight.home;
  const plan = {
    fileType: 'Plan',
    version: 1,
    groundStation: 'QGroundControl',
    mission: {
      version: 2,
      firmwareType: autopilots[autopilot],
      vehicleType: quadrotor,
      cruiseSpeed: flight.speedMs,
      hoverSpeed: flight.speedMs,
      plannedHomePosition: [lat, lon, 0],
      items,
    },
    geoFence: { version: 2, circles: [], polygons: [] },
    rallyPoints: { version: 2, points: [] },
  };
  return `${JSON.stringify(plan, null, 2)}\n`;
}
