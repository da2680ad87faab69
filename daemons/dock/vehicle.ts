/** What the drone of this dock says of itself (MAVLink, common.xml): whether it flies, its charge, its fix, and that it is there. */
import type { Message } from '../core/mavlink/decode.ts';

export interface Vehicle {
  readonly heardMs: number | null;
  readonly armed: boolean | null;
  /** Metres above the place where it was armed. */
  readonly aboveM: number | null;
  /** EXTENDED_SYS_STATE; null: it said none yet, or says that it does not know. */
  readonly landed: { readonly is: boolean; readonly atMs: number } | null;
  readonly battery: { readonly percent: number; readonly atMs: number } | null;
  readonly gnss: { readonly has3d: boolean; readonly uHorizontalM: number | null; readonly atMs: number } | null;
}
export const unheard: Vehicle = {
  ...{ heardMs: null, armed: null, aboveM: null },
  ...{ landed: null, battery: null, gnss: null },
};

/** MAV_MODE_FLAG_SAFETY_ARMED; MAV_COMP_ID_AUTOPILOT1; GPS_FIX_TYPE_3D_FIX. */
const [armedFlag, autopilot, fix3d] = [128, 1, 3];
/** MAV_LANDED_STATE: on the ground; in the air, taking off, landing. */
const [onGround, offGround] = [1, [2, 3, 4]];
/** Higher than the feet of any drone stand on its dock. */
const airborneM = 1;

/** The message of one system; what is of another component (a gimbal, a ground station) says nothing of the flight. */
export function heard(state: Vehicle, { name, component, fields }: Message, nowMs: number): Vehicle {
  if (component !== autopilot) return state;
  const number = (field: string): number => Number(fields[field] ?? Number.NaN);
  switch (name) {
    case 'HEARTBEAT':
      return { ...state, heardMs: nowMs, armed: (number('base_mode') & armedFlag) !== 0 };
    case 'GLOBAL_POSITION_INT':
      return { ...state, aboveM: number('relative_alt') / 1000 };
    case 'EXTENDED_SYS_STATE': {
      const landed = number('landed_state');
      const isKnown = landed === onGround || offGround.includes(landed);
      return { ...state, landed: isKnown ? { is: landed === onGround, atMs: nowMs } : null };
    }
    case 'SYS_STATUS': {
      const percent = number('battery_remaining');
      return percent >= 0 && percent <= 100 ? { ...state, battery: { percent, atMs: nowMs } } : state;
    }
    case 'GPS_RAW_INT': {
      const [fix, accuracy] = [number('fix_type'), number('h_acc')];
      return {
        ...state,
        gnss: { has3d: fix >= fix3d, uHorizontalM: accuracy > 0 ? accuracy / 1000 : null, atMs: nowMs },
      };
    }
    default:
      return state;
  }
}

/** Armed on the ground it may be about to leave: that is not known, and no leave to close. */
export function isAirborne({ armed, aboveM }: Vehicle): boolean | null {
  if (armed === null) return null;
  if (!armed) return false;
  return aboveM !== null && aboveM > airborneM ? true : null;
}

/**
 * Whether it is off the ground: by the autopilot's own word while that is fresh, else by arming and height. Null: not known, for
 * example armed and low, or not heard for `freshMs`.
 */
export function flies(vehicle: Vehicle, nowMs: number, freshMs: number): boolean | null {
  const { heardMs, landed, armed } = vehicle;
  if (heardMs === null || nowMs - heardMs > freshMs) return null;
  if (armed === false) return false;
  return landed && nowMs - landed.atMs <= freshMs ? !landed.is : isAirborne(vehicle);
}
