/** The link to the dock's own drone: what it says goes to whoever asked for it, what the dock says goes to the drone's own peer. */
import type { Running } from '../core/daemon/running.ts';
import type { PeerCounts, PeerSaid } from '../core/mavlink/peers.ts';
import { peerOf } from '../core/mavlink/peers.ts';
import { type Outgoing, type Speaking, spoken } from '../core/mavlink/speaking.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Link } from '../core/ports/link.ts';
import { freshHearing, type HeardNow, type Hearing, hear } from './hearing.ts';
import type { Vehicle } from './vehicle.ts';

export interface VehicleLinkOptions {
  readonly link: Link;
  /** The system that lives in this dock. */
  readonly system: number;
  readonly key: Uint8Array | null;
  /** A client says that it is there, or nobody would know where to send to. */
  readonly speaksFirst: boolean;
}

export interface VehicleLink {
  readonly vehicle: Vehicle;
  readonly counts: PeerCounts;
  /** To the drone, where it was last heard. What cannot be sent is lost, as on any radio. */
  send(message: Outgoing): void;
  /** Hears until the daemon stops. */
  run(): Promise<void>;
}

/** How long a link that is gone is left alone, and how long it may be silent before it is looked at, in ms. */
const [againMs, silentMs] = [1000, 1000];
/**
 * Not a ground station's: an autopilot that lost one flies home, and this dock may be switched off at any time. System 254 is no
 * drone's; MAV_COMP_ID_MISSIONPLANNER; MAV_TYPE_ONBOARD_CONTROLLER, MAV_AUTOPILOT_INVALID, MAV_STATE_ACTIVE.
 */
export const self: Speaking = { system: 254, component: 190, seq: 0, ticks: 0n };
const heartbeat: Outgoing = {
  name: 'HEARTBEAT',
  fields: { type: 18, autopilot: 8, system_status: 4, mavlink_version: 3 },
};

export function openVehicleLink(
  { link, system, key, speaksFirst }: VehicleLinkOptions,
  onHeard: (now: HeardNow, vehicle: Vehicle, isNew: boolean) => void,
  { clock, signal }: Running,
): VehicleLink {
  let hearing: Hearing = freshHearing();
  let speaking = self;

  const say = (message: Outgoing, to: string | null): void => {
    const [next, bytes] = spoken(speaking, message, { key, wallMs: clock.now().wallMs });
    speaking = next;
    link.send(bytes, to).catch((error: unknown) => {
      if (!isFault(error)) throw error;
    });
  };

  const greet = async (): Promise<void> => {
    while (!signal.aborted) {
      say(heartbeat, null);
      await clock.sleep(1000, 'mavlink heartbeat', signal);
    }
  };

  const listen = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        const piece = await link.read(silentMs);
        const before = hearing.vehicle.heardMs;
        const [next, now] = hear(hearing, piece, { system, monoNs: clock.now().monoNs, key });
        hearing = next;
        onHeard(now, next.vehicle, next.vehicle.heardMs !== before);
      } catch (error) {
        if (!isFault(error)) throw error;
        if (error.kind !== 'timeout') await clock.sleep(againMs, 'mavlink', signal);
      }
    }
  };

  return {
    get vehicle() {
      return hearing.vehicle;
    },
    get counts() {
      return hearing.peers.counts;
    },
    send: (message) => {
      const to = peerOf(hearing.peers, system);
      if (to !== null) say(message, to);
    },
    run: async () => {
      await Promise.all([listen(), ...(speaksFirst ? [greet()] : [])]);
    },
  };
}

const whys: Readonly<Record<PeerSaid['is'], string>> = {
  contested: 'says to be a system that another peer speaks for',
  crowded: 'finds no place: too many peers speak on the link',
  unsigned: 'does not sign, and the link has a key',
  forged: 'signs with another key than the link has',
  replayed: 'repeats what was signed before',
  moved: 'speaks for a system from now on; the peer before it was silent',
};

/** For the record: `message` says what, `detail` who. */
export const peerText = ({ is, peer, system, owner }: PeerSaid): string =>
  `${peer}${system === null ? '' : ` (system ${system})`} ${whys[is]}${owner === null ? '' : ` (${owner})`}${
    is === 'moved' ? '' : '; nothing of it is believed'
  }`;
