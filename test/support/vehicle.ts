/**
 * A simulated drone that keeps a mission, at the other end of UDP: node-mavlink (LGPL, for tests only) reads and writes its frames,
 * and the side of the vehicle follows the standard's page (mavlink.io, "Mission Protocol"). Behind it a relay that loses, doubles
 * and delays.
 */
import dgram from 'node:dgram';
import { once } from 'node:events';
import { common, type MavLinkData, MavLinkProtocolV2, minimal } from 'node-mavlink';

const host = '127.0.0.1';
/** Of a frame of MAVLink 2. */
const [headBytes, checksumBytes] = [10, 2];
/** The drone asks again after so long, in ms. */
const againMs = 250;
/** MAV_MISSION_RESULT. */
const [accepted, invalidSequence] = [0, 13];

export type HeldItem = common.MissionItemInt;

export interface SimulatedVehicle {
  /** What it holds, as it was told. */
  readonly mission: readonly HeldItem[];
  /** Ids of every message that it was ever sent. */
  readonly asked: ReadonlySet<number>;
  armed: boolean;
  close(): void;
}

const registry = { ...minimal.REGISTRY, ...common.REGISTRY } as Record<number, new () => MavLinkData>;

/** System 1, disarmed, sending its heartbeat to `port`. */
export async function simulatedVehicle(port: number): Promise<SimulatedVehicle> {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, host);
  await once(socket, 'listening');
  const protocol = new MavLinkProtocolV2(1, 1);
  const asked = new Set<number>();
  let sequence = 0;
  let armed = false;
  let mission: readonly HeldItem[] = [];
  let coming: { readonly items: readonly HeldItem[]; readonly count: number; readonly from: number } | null = null;

  const send = (message: MavLinkData): void => {
    sequence = (sequence + 1) & 0xff;
    socket.send(protocol.serialize(message, sequence), port, host);
  };
  const to = <T extends MavLinkData>(message: T, fields: Partial<T>): void =>
    send(Object.assign(message, { targetComponent: 190, ...fields }));
  const askNext = (): void => {
    if (coming) to(new common.MissionRequestInt(), { targetSystem: coming.from, seq: coming.items.length });
  };

  /** What the drone says to an item: it asks for the next one, or acknowledges. */
  const takeItem = (item: HeldItem): number | null => {
    if (!coming) return accepted;
    if (item.seq !== coming.items.length) return invalidSequence;
    coming = { ...coming, items: [...coming.items, item] };
    if (coming.items.length < coming.count) return null;
    mission = coming.items;
    coming = null;
    return accepted;
  };

  const take = (system: number, data: MavLinkData): void => {
    if (data instanceof common.MissionCount) {
      coming = { items: [], count: data.count, from: system };
      askNext();
    } else if (data instanceof common.MissionItemInt) {
      const type = takeItem(data);
      if (type === null) askNext();
      else to(new common.MissionAck(), { targetSystem: system, type });
    } else if (data instanceof common.MissionRequestList)
      to(new common.MissionCount(), { targetSystem: system, count: mission.length });
    else if (data instanceof common.MissionRequestInt) {
      const one = mission[data.seq];
      if (one) to(Object.assign(new common.MissionItemInt(), one), { targetSystem: system });
    } else if (data instanceof common.MissionAck && data.type !== accepted) coming = null;
  };

  socket.on('message', (frame) => {
    const { msgid, sysid } = protocol.header(frame);
    asked.add(msgid);
    const clazz = registry[msgid];
    const payload = frame.subarray(headBytes, frame.length - checksumBytes);
    if (clazz) take(sysid, protocol.data(payload, clazz as never) as MavLinkData);
  });

  const beat = setInterval(() => {
    const heartbeat = Object.assign(new minimal.Heartbeat(), { type: 2, autopilot: 12, systemStatus: 4 });
    send(Object.assign(heartbeat, { baseMode: armed ? 128 + 1 : 1 }));
  }, 100);
  const retry = setInterval(askNext, againMs);
  return {
    get mission() {
      return mission;
    },
    asked,
    get armed() {
      return armed;
    },
    set armed(now) {
      armed = now;
    },
    close: () => {
      clearInterval(beat);
      clearInterval(retry);
      socket.close();
    },
  };
}

export interface LossyRelay {
  /** Where the drone sends to. */
  readonly port: number;
  readonly counts: Readonly<Record<'passed' | 'lost' | 'doubled' | 'late', number>>;
  close(): void;
}

/** Between a drone and a station: of a hundred datagrams each way 15 are lost, 10 come twice and 20 are late, and so out of order. */
export async function lossyRelay(stationPort: number): Promise<LossyRelay> {
  const [near, far] = [dgram.createSocket('udp4'), dgram.createSocket('udp4')];
  near.bind(0, host);
  far.bind(0, host);
  await Promise.all([once(near, 'listening'), once(far, 'listening')]);
  const counts = { passed: 0, lost: 0, doubled: 0, late: 0 };
  let dronePort = 0;
  let open = true;
  // Park and Miller's minimal standard: the same losses at each run, as far as the order of messages is.
  let random = 20_261_129;
  const draw = (): number => {
    random = (random * 48_271) % 2_147_483_647;
    return random / 2_147_483_647;
  };
  const pass = (deliver: () => void): void => {
    if (draw() < 0.15) {
      counts.lost += 1;
      return;
    }
    counts.passed += 1;
    const after = (lateMs: number): void => void setTimeout(() => open && deliver(), lateMs);
    const isLate = draw() < 0.2;
    if (isLate) counts.late += 1;
    after(isLate ? 20 + 100 * draw() : 0);
    if (draw() >= 0.1) return;
    counts.doubled += 1;
    after(5 + 100 * draw());
  };
  near.on('message', (bytes, { port }) => {
    dronePort = port;
    pass(() => far.send(bytes, stationPort, host));
  });
  far.on('message', (bytes) => pass(() => near.send(bytes, dronePort, host)));
  return {
    port: near.address().port,
    counts,
    close: () => {
      open = false;
      near.close();
      far.close();
    },
  };
}
