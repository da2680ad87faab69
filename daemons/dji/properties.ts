/**
 * The properties that are read (Cloud-API-Doc, "Dock 2 / Device Property" and "M3D / Device Property"; Dock 1 and M30 name
 * them alike). Words are ours for DJI's numbers; a number without a word is kept as it is.
 */
export type Words = Readonly<Record<number, string>>;

export type Property =
  | { readonly is: 'number'; readonly within: readonly [number, number] }
  | { readonly is: 'choice'; readonly words: Words }
  | { readonly is: 'text' };

const number = (low: number, high: number): Property => ({ is: 'number', within: [low, high] });
const choice = (...words: readonly string[]): Property => ({ is: 'choice', words: { ...words } });
const text: Property = { is: 'text' };
const any = [-1e9, 1e9] as const;

/** By path in `data`. */
export const dockProperties = {
  mode_code: choice('idle', 'in debugging on site', 'in debugging from afar', 'in a firmware upgrade', 'in operation'),
  cover_state: choice('closed', 'open', 'half open', 'abnormal'),
  drone_in_dock: choice('outside', 'inside'),
  emergency_stop_state: choice('released', 'pressed'),
  alarm_state: choice('off', 'on'),
  rainfall: choice('no rain', 'light rain', 'moderate rain', 'heavy rain'),
  flighttask_step_code: {
    is: 'choice',
    words: {
      ...['preparing', 'in flight', 'recovering after a flight', 'updating flight areas', 'updating terrain', 'idle'],
      255: 'abnormal',
      256: 'not known',
    },
  },
  wind_speed: number(0, 100),
  environment_temperature: number(-80, 100),
  temperature: number(-80, 150),
  humidity: number(0, 100),
  latitude: number(-90, 90),
  longitude: number(-180, 180),
  height: number(-1000, 10_000),
  'position_state.is_fixed': choice('not started', 'converging', 'converged', 'failed'),
  'position_state.quality': number(0, 10),
  'drone_charge_state.state': choice('idle', 'charging'),
  'drone_charge_state.capacity_percent': number(0, 100),
  'storage.total': number(0, 1e12),
  'storage.used': number(0, 1e12),
  'media_file_detail.remain_upload': number(0, 1e6),
  'sub_device.device_sn': text,
  'sub_device.device_online_status': choice('off', 'on'),
} as const satisfies Readonly<Record<string, Property>>;

export const droneProperties = {
  mode_code: choice(
    ...['on standby', 'preparing for take-off', 'ready for take-off', 'in manual flight', 'taking off', 'on a wayline'],
    ...['taking a panorama', 'tracking', 'avoiding traffic', 'returning home', 'landing', 'in a forced landing'],
    ...['in a three-blade landing', 'in an upgrade', 'not connected', 'in APAS', 'under virtual sticks'],
    ...['in live flight control', 'converging in the air', 'choosing a place for the dock'],
  ),
  latitude: number(-90, 90),
  longitude: number(-180, 180),
  height: number(-1000, 20_000),
  elevation: number(-5000, 20_000),
  attitude_head: number(-360, 360),
  attitude_pitch: number(-180, 180),
  attitude_roll: number(-180, 180),
  wind_speed: number(0, 100),
  wind_direction: {
    is: 'choice',
    words: {
      ...['not told', 'north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'],
    },
  },
  'position_state.quality': number(0, 10),
  'battery.capacity_percent': number(0, 100),
} as const satisfies Readonly<Record<string, Property>>;

export const gimbalProperties = {
  gimbal_pitch: number(-180, 180),
  gimbal_roll: number(-180, 180),
  gimbal_yaw: number(-360, 360),
} as const satisfies Readonly<Record<string, Property>>;

/** Named by the documentation and not used here: no news when they come. */
const unused = [
  ...['4g_link_state', 'acc_time', 'activation_time', 'air_conditioner', 'air_conditioner_mode', 'air_transfer_enable'],
  ...[
    'alternate_land_point',
    'backup_battery',
    'battery',
    'battery_store_mode',
    'best_link_gateway',
    'camera_watermark_settings',
  ],
  ...['cameras', 'commander_flight_height', 'commander_flight_mode', 'commander_mode_lost_action', 'compatible_status'],
  ...[
    'control_source',
    'country',
    'current_commander_flight_mode',
    'current_rth_mode',
    'distance_limit_status',
    'dongle_infos',
  ],
  ...['drone_battery_maintenance_info', 'drone_charge_state', 'electric_supply_voltage', 'firmware_upgrade_status'],
  ...[
    'firmware_version',
    'first_power_on',
    'flysafe_database_version',
    'gear',
    'heading',
    'height_limit',
    'home_distance',
  ],
  ...['home_latitude', 'home_longitude', 'home_position_is_valid', 'horizontal_speed', 'is_near_area_limit'],
  ...['is_near_height_limit', 'job_number', 'live_capacity', 'live_status', 'low_battery_warning_threshold'],
  ...['maintain_status', 'media_file_detail', 'mode_code_reason', 'network_state', 'night_lights_state'],
  ...[
    'obstacle_avoidance',
    'offline_map_enable',
    'payloads',
    'position_state',
    'psdk_ui_resource',
    'psdk_widget_values',
  ],
  ...['putter_state', 'rtcm_info', 'rth_altitude', 'rth_mode', 'serious_low_battery_warning_threshold', 'silent_mode'],
  ...['storage', 'sub_device', 'supplement_light_state', 'total_flight_distance', 'total_flight_sorties'],
  ...['total_flight_time', 'track_id', 'user_experience_improvement', 'vertical_speed', 'wireless_link'],
  ...['wireless_link_topo', 'working_current', 'working_voltage'],
];

const named = new Set([...Object.keys(dockProperties), ...Object.keys(droneProperties), ...unused]);
/** A payload stands under its index: type-subtype-gimbalindex. */
const payloadIndex = /^\d+-\d+-\d+$/;

export const isNamed = (property: string): boolean => named.has(property) || payloadIndex.test(property);

export const wordFor = (words: Words, value: number): string => words[value] ?? `${value}, which has no word here`;

export const anyNumber: Property = { is: 'number', within: any };
