/** Pieces of a MAVLink link to what the drone of this dock says: of itself, to the feed, and of its mission. */
import { observed } from '../core/feed/from-mavlink.ts';
import { freshTaking, type Taking, type Told, take } from '../core/feed/take.ts';
import { decode, type Message } from '../core/mavlink/decode.ts';
import { freshPeers, type PeerSaid, type PeersState, type Piece, peersStep } from '../core/mavlink/peers.ts';
import { heard, unheard, type Vehicle } from './vehicle.ts';

export interface Hearing {
  readonly peers: PeersState;
  readonly taking: Taking;
  readonly vehicle: Vehicle;
}
export const freshHearing = (): Hearing => ({ peers: freshPeers, taking: freshTaking, vehicle: unheard });

export interface HeardNow {
  readonly told: readonly Told[];
  /** Of the mission protocol, from the drone of this dock. */
  readonly mission: readonly Message[];
  readonly peers: readonly PeerSaid[];
}

export interface HearingOf {
  /** The drone that lives in this dock. */
  readonly system: number;
  readonly monoNs: number;
  /** Signing key of the link; null: frames need no signature. */
  readonly key: Uint8Array | null;
}

/** Other systems on the link are passed over: what they say is of another drone. */
export function hear(state: Hearing, piece: Piece, { system, monoNs, key }: HearingOf): readonly [Hearing, HeardNow] {
  const [peers, frames, said] = peersStep(state.peers, piece, monoNs / 1e6, key);
  let { taking, vehicle } = state;
  const told: Told[] = [];
  const mission: Message[] = [];
  for (const frame of frames) {
    if (frame.system !== system) continue;
    const message = decode(frame);
    vehicle = heard(vehicle, message, monoNs / 1e6);
    if (message.name.startsWith('MISSION_')) mission.push(message);
    const seen = observed(message);
    if (!seen) continue;
    const [next, more] = take(taking, seen, monoNs);
    taking = next;
    told.push(...more);
  }
  return [
    { peers, taking, vehicle },
    { told, mission, peers: said },
  ];
}
