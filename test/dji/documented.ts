/**
 * Messages of a DJI dock and its drone, written by us from the shapes in DJI's public Cloud-API-Doc ("Topic Definition", "Dock 2 /
 * Device Property", "M3D / Device Property", "HMS", "File", "Device topology update"). Nothing here was recorded on a dock.
 */
import type { DjiSection, DjiWiring } from '../../daemons/dji/config.ts';
import { djiSection, djiWiring } from '../../daemons/dji/config.ts';
import { advance } from '../../daemons/dji/line.ts';
import { freshLine, type Input, type LineState, type Output, type Setup } from '../../daemons/dji/state.ts';

export const [dock, drone] = ['7CTDM0000000001', '1581F0000000001'] as const;
/** When the made-up day begins, Unix ms. */
export const dayMs = 1_790_000_000_000;

type Data = Readonly<Record<string, unknown>>;

export const envelope = (data: unknown, more: Data = {}): Data => ({
  ...{ tid: '6a7bfe89-c386-4043-b600-b518e10096cc', bid: '42a19f36-5117-4520-bd13-fd61d818d52e' },
  ...{ timestamp: dayMs, gateway: dock, data, ...more },
});

export const dockData: Data = {
  ...{ mode_code: 0, cover_state: 0, drone_in_dock: 1, emergency_stop_state: 0, alarm_state: 0, putter_state: 0 },
  ...{ rainfall: 0, wind_speed: 3.4, environment_temperature: 24, temperature: 24.9, humidity: 62 },
  ...{ latitude: 47.3769, longitude: 8.5417, height: 456.2 },
  position_state: { is_calibration: 1, is_fixed: 2, quality: 5, gps_number: 6, rtk_number: 25 },
  drone_charge_state: { state: 0, capacity_percent: 93 },
  storage: { total: 82_045_336, used: 51_772 },
  network_state: { type: 2, quality: 0, rate: 5.097 },
  sub_device: { device_sn: drone, device_model_key: '0-91-1', device_online_status: 0, device_paired: 1 },
  ...{ first_power_on: 1_631_945_855_969, supplement_light_state: 0, battery_store_mode: 1 },
};

export const droneData: Data = {
  ...{ mode_code: 5, gear: 1, latitude: 47.3771, longitude: 8.5423, height: 516.2, elevation: 60 },
  ...{ attitude_head: -48, attitude_pitch: -4.1, attitude_roll: 0.6, horizontal_speed: 6, vertical_speed: 0 },
  ...{ wind_direction: 7, wind_speed: 4, home_distance: 50.1, height_limit: 120 },
  battery: { capacity_percent: 71, remain_flight_time: 0, return_home_power: 0, landing_power: 0, batteries: [] },
  position_state: { gps_number: 22, is_fixed: 2, quality: 5, rtk_number: 28 },
  '80-0-0': { gimbal_pitch: -90, gimbal_roll: 0, gimbal_yaw: -48.2, payload_index: '80-0-0', zoom_factor: 0.568 },
};

export const hmsData = (...codes: readonly string[]): Data => ({
  list: codes.map((code) => ({
    ...{ code, level: 2, module: 3, in_the_sky: 0, imminent: 1, device_type: '3-2-0' },
    args: { component_index: 0, sensor_index: 0 },
  })),
});

export const mediaData: Data = {
  file: {
    ...{ name: 'DJI_0001.jpeg', object_key: 'a/DJI_0001.jpeg', path: 'a' },
    ext: { flight_id: 'f1', drone_model_key: '0-91-1', payload_model_key: '1-81-0', is_original: true },
    metadata: {
      ...{
        absolute_altitude: 516.3,
        relative_altitude: 60.1,
        create_time: '2026-09-21 10:04:20',
        gimbal_yaw_degree: '-91.40',
      },
      shoot_position: { lat: 47.3771, lng: 8.5423 },
    },
  },
};

export const topoData = (...serials: readonly string[]): Data => ({
  ...{ domain: '3', type: 2, sub_type: 0, device_secret: 'sesame', nonce: 'once', thing_version: '1.1.2' },
  sub_devices: serials.map((sn) => ({
    ...{ sn, domain: '0', type: 91, sub_type: 1, index: 'A', device_secret: 'sesame too', nonce: 'twice' },
  })),
});

export const topics = {
  osd: `thing/product/${dock}/osd`,
  state: `thing/product/${dock}/state`,
  events: `thing/product/${dock}/events`,
  requests: `thing/product/${dock}/requests`,
  status: `sys/product/${dock}/status`,
  droneOsd: `thing/product/${drone}/osd`,
  droneState: `thing/product/${drone}/state`,
} as const;

const wired = (more: Data): DjiWiring =>
  djiWiring.parse({ broker: 'mqtt://127.0.0.1:1883', dock, drone, answeredBy: 'this-box', ...more });
const asked: DjiSection = djiSection.parse({
  weather: { maxWindMs: 8 },
  ready: { batteryPercent: 80, freeMB: 2000 },
});

export const setupOf = (wiring: Data = {}, more: Partial<Setup> = {}): Setup => ({
  ...{ wiring: wired(wiring), section: asked, words: new Map(), flags: [] },
  knows: { platform: null, serials: [dock, drone] },
  ...more,
});

/** A line that is fed by hand: time is `s` seconds of the box's clock, which began with the day. */
export interface Hand {
  state: LineState;
  message(topic: string, message: unknown, s?: number): readonly Output[];
  /** Bytes, or a text, as they are. */
  bytes(topic: string, payload: string | Uint8Array, s?: number): readonly Output[];
  input(input: Input, s?: number): readonly Output[];
}

export function byHand(setup: Setup = setupOf()): Hand {
  const hand: Hand = {
    state: freshLine,
    message: (topic, message, s) => hand.bytes(topic, JSON.stringify(message), s),
    bytes: (topic, payload, s) =>
      hand.input(
        { is: 'message', topic, payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload },
        s,
      ),
    input: (input, s = 0) => {
      const at = { wallMs: dayMs + s * 1000, monoNs: (1000 + s) * 1e9, boot: 'b', synced: true, uncertaintyMs: 1 };
      const [next, outputs] = advance(hand.state, input, at, setup);
      hand.state = next;
      return outputs;
    },
  };
  return hand;
}

/** Only outputs of one kind. */
export const only = <K extends Output['is']>(outputs: readonly Output[], is: K): readonly (Output & { is: K })[] =>
  outputs.filter((one): one is Output & { is: K } => one.is === is);

export const typesOf = (outputs: readonly Output[]): readonly string[] =>
  only(outputs, 'event').map(({ event }) => event.type);
