/**
 * The messages that we read and write: facts of MAVLink's public definitions (mavlink.io: common, minimal, and WIND and
 * MOUNT_STATUS of ardupilotmega), fields in the order that they are declared in there. What CRC_EXTRA comes out is held
 * to the published numbers by a test, which fails for any field misspelt or misplaced.
 */
import { type Declaration, type Layout, layoutOf } from './layout.ts';

const declared: Readonly<Record<string, readonly [number, Declaration]>> = {
  HEARTBEAT: [
    0,
    [
      'type uint8_t',
      'autopilot uint8_t',
      'base_mode uint8_t',
      'custom_mode uint32_t',
      'system_status uint8_t',
      'mavlink_version uint8_t',
    ],
  ],
  SYS_STATUS: [
    1,
    [
      'onboard_control_sensors_present uint32_t',
      'onboard_control_sensors_enabled uint32_t',
      'onboard_control_sensors_health uint32_t',
      'load uint16_t',
      'voltage_battery uint16_t',
      'current_battery int16_t',
      'battery_remaining int8_t',
      'drop_rate_comm uint16_t',
      'errors_comm uint16_t',
      'errors_count1 uint16_t',
      'errors_count2 uint16_t',
      'errors_count3 uint16_t',
      'errors_count4 uint16_t',
      '+onboard_control_sensors_present_extended uint32_t',
      '+onboard_control_sensors_enabled_extended uint32_t',
      '+onboard_control_sensors_health_extended uint32_t',
    ],
  ],
  SYSTEM_TIME: [2, ['time_unix_usec uint64_t', 'time_boot_ms uint32_t']],
  GPS_RAW_INT: [
    24,
    [
      'time_usec uint64_t',
      'fix_type uint8_t',
      'lat int32_t',
      'lon int32_t',
      'alt int32_t',
      'eph uint16_t',
      'epv uint16_t',
      'vel uint16_t',
      'cog uint16_t',
      'satellites_visible uint8_t',
      '+alt_ellipsoid int32_t',
      '+h_acc uint32_t',
      '+v_acc uint32_t',
      '+vel_acc uint32_t',
      '+hdg_acc uint32_t',
      '+yaw uint16_t',
    ],
  ],
  ATTITUDE: [
    30,
    [
      'time_boot_ms uint32_t',
      'roll float',
      'pitch float',
      'yaw float',
      'rollspeed float',
      'pitchspeed float',
      'yawspeed float',
    ],
  ],
  GLOBAL_POSITION_INT: [
    33,
    [
      'time_boot_ms uint32_t',
      'lat int32_t',
      'lon int32_t',
      'alt int32_t',
      'relative_alt int32_t',
      'vx int16_t',
      'vy int16_t',
      'vz int16_t',
      'hdg uint16_t',
    ],
  ],
  MISSION_REQUEST: [40, ['target_system uint8_t', 'target_component uint8_t', 'seq uint16_t', '+mission_type uint8_t']],
  MISSION_REQUEST_LIST: [43, ['target_system uint8_t', 'target_component uint8_t', '+mission_type uint8_t']],
  MISSION_COUNT: [
    44,
    [
      'target_system uint8_t',
      'target_component uint8_t',
      'count uint16_t',
      '+mission_type uint8_t',
      '+opaque_id uint32_t',
    ],
  ],
  MISSION_CLEAR_ALL: [45, ['target_system uint8_t', 'target_component uint8_t', '+mission_type uint8_t']],
  MISSION_ACK: [
    47,
    [
      'target_system uint8_t',
      'target_component uint8_t',
      'type uint8_t',
      '+mission_type uint8_t',
      '+opaque_id uint32_t',
    ],
  ],
  MISSION_REQUEST_INT: [
    51,
    ['target_system uint8_t', 'target_component uint8_t', 'seq uint16_t', '+mission_type uint8_t'],
  ],
  MISSION_ITEM_INT: [
    73,
    [
      'target_system uint8_t',
      'target_component uint8_t',
      'seq uint16_t',
      'frame uint8_t',
      'command uint16_t',
      'current uint8_t',
      'autocontinue uint8_t',
      'param1 float',
      'param2 float',
      'param3 float',
      'param4 float',
      'x int32_t',
      'y int32_t',
      'z float',
      '+mission_type uint8_t',
    ],
  ],
  VFR_HUD: [
    74,
    ['airspeed float', 'groundspeed float', 'heading int16_t', 'throttle uint16_t', 'alt float', 'climb float'],
  ],
  BATTERY_STATUS: [
    147,
    [
      'id uint8_t',
      'battery_function uint8_t',
      'type uint8_t',
      'temperature int16_t',
      'voltages uint16_t[10]',
      'current_battery int16_t',
      'current_consumed int32_t',
      'energy_consumed int32_t',
      'battery_remaining int8_t',
      '+time_remaining int32_t',
      '+charge_state uint8_t',
      '+voltages_ext uint16_t[4]',
      '+mode uint8_t',
      '+fault_bitmask uint32_t',
    ],
  ],
  MOUNT_STATUS: [
    158,
    [
      'target_system uint8_t',
      'target_component uint8_t',
      'pointing_a int32_t',
      'pointing_b int32_t',
      'pointing_c int32_t',
      '+mount_mode uint8_t',
    ],
  ],
  WIND: [168, ['direction float', 'speed float', 'speed_z float']],
  WIND_COV: [
    231,
    [
      'time_usec uint64_t',
      'wind_x float',
      'wind_y float',
      'wind_z float',
      'var_horiz float',
      'var_vert float',
      'wind_alt float',
      'horiz_accuracy float',
      'vert_accuracy float',
    ],
  ],
  EXTENDED_SYS_STATE: [245, ['vtol_state uint8_t', 'landed_state uint8_t']],
  STATUSTEXT: [253, ['severity uint8_t', 'text char[50]', '+id uint16_t', '+chunk_seq uint8_t']],
  CAMERA_IMAGE_CAPTURED: [
    263,
    [
      'time_boot_ms uint32_t',
      'time_utc uint64_t',
      'camera_id uint8_t',
      'lat int32_t',
      'lon int32_t',
      'alt int32_t',
      'relative_alt int32_t',
      'q float[4]',
      'image_index int32_t',
      'capture_result int8_t',
      'file_url char[205]',
    ],
  ],
  GIMBAL_DEVICE_ATTITUDE_STATUS: [
    285,
    [
      'target_system uint8_t',
      'target_component uint8_t',
      'time_boot_ms uint32_t',
      'flags uint16_t',
      'q float[4]',
      'angular_velocity_x float',
      'angular_velocity_y float',
      'angular_velocity_z float',
      'failure_flags uint32_t',
      '+delta_yaw float',
      '+delta_yaw_velocity float',
      '+gimbal_device_id uint8_t',
    ],
  ],
};

/** By message id. */
export const layouts: ReadonlyMap<number, Layout> = new Map(
  Object.entries(declared).map(([name, [id, fields]]) => [id, layoutOf(id, name, fields)]),
);

/** Errors: RangeError for a name that is not in the table. */
export function layoutNamed(name: string): Layout {
  for (const layout of layouts.values()) if (layout.name === name) return layout;
  throw new RangeError(`no message is called ${name}`);
}
