/**
 * Frames of a link on which several peers may speak. Each peer has its own stream of bytes, so that half a frame of one never
 * meets the other half of another; and a system belongs to one peer at a time: the one that speaks for it, until it has been
 * silent. Whoever else says to be that system is told apart, counted, and not believed. Bounded in peers and bytes.
 */
import { type Frame, type FramingState, framesIn, freshFraming } from './framing.ts';
import { freshSigning, type Judgement, judge, type SigningState } from './signing.ts';

/** Peers of one link at the most; a new one takes the place of one that has been silent. */
const mostPeers = 16;
/** A system that its peer did not speak for in so long may be spoken for by another: a radio that came back with a new port. */
const holdMs = 5000;
/** Quarrels that are told within an hour at the most, each once: whoever floods a link must not fill the disk. */
const [mostTold, toldForMs] = [64, 3_600_000];

interface Peer {
  readonly framing: FramingState;
  readonly heardMs: number;
}

export interface PeersState {
  readonly peers: ReadonlyMap<string, Peer>;
  /** Who speaks for a system. */
  readonly owners: ReadonlyMap<number, { readonly peer: string; readonly heardMs: number }>;
  readonly signing: SigningState;
  readonly counts: PeerCounts;
  readonly told: { readonly sinceMs: number; readonly of: ReadonlySet<string> };
}

/** Frames that were not believed; of `crowded`, pieces of bytes. */
export type PeerCounts = Readonly<Record<'contested' | 'crowded' | Exclude<Judgement, 'good'>, number>>;

/** Told once an hour for each peer and system. */
export interface PeerSaid {
  readonly is: keyof PeerCounts | 'moved';
  readonly peer: string;
  /** Null where no frame was read. */
  readonly system: number | null;
  /** Whom the system belongs to, or belonged to; null: nobody. */
  readonly owner: string | null;
}

export const freshPeers: PeersState = {
  ...{ peers: new Map(), owners: new Map(), signing: freshSigning() },
  told: { sinceMs: 0, of: new Set() },
  counts: { contested: 0, crowded: 0, unsigned: 0, forged: 0, replayed: 0 },
};

export interface Piece {
  readonly from: string;
  readonly bytes: Uint8Array;
}

type Heard = readonly [PeersState, readonly Frame[], readonly PeerSaid[]];

/** The frames of a piece that are to be believed. With a key only what its holders signed is. */
export function peersStep(state: PeersState, { from, bytes }: Piece, nowMs: number, key: Uint8Array | null): Heard {
  const room = roomFor(state, from, nowMs);
  if (!room) return quarrel(state, { is: 'crowded', peer: from, system: null, owner: null }, nowMs);
  const [framing, found] = framesIn(room.get(from)?.framing ?? freshFraming(), bytes);
  let next: PeersState = { ...state, peers: new Map(room).set(from, { framing, heardMs: nowMs }) };
  const frames: Frame[] = [];
  const said: PeerSaid[] = [];
  for (const frame of found) {
    const [after, good, more] = believed(next, frame, { from, nowMs, key });
    next = after;
    if (good) frames.push(frame);
    said.push(...more);
  }
  return [next, frames, said];
}

/** Whom a system is answered at; null: it was never heard. */
export const peerOf = ({ owners }: PeersState, system: number): string | null => owners.get(system)?.peer ?? null;

/** The peers with a place for this one, or null where all the places are of peers that speak. */
function roomFor({ peers }: PeersState, from: string, nowMs: number): ReadonlyMap<string, Peer> | null {
  if (peers.has(from) || peers.size < mostPeers) return peers;
  const [oldest] = [...peers].sort(([, a], [, b]) => a.heardMs - b.heardMs);
  if (!oldest || nowMs - oldest[1].heardMs <= holdMs) return null;
  return new Map([...peers].filter(([name]) => name !== oldest[0]));
}

interface At {
  readonly from: string;
  readonly nowMs: number;
  readonly key: Uint8Array | null;
}

function believed(
  state: PeersState,
  frame: Frame,
  { from, nowMs, key }: At,
): readonly [PeersState, boolean, readonly PeerSaid[]] {
  const { system } = frame;
  const owner = state.owners.get(system);
  const about = { peer: from, system, owner: owner?.peer ?? null };
  const refused = (is: keyof PeerCounts): readonly [PeersState, false, readonly PeerSaid[]] => {
    const [next, , said] = quarrel(state, { is, ...about }, nowMs);
    return [next, false, said];
  };
  let { signing } = state;
  if (key) {
    const [next, judgement] = judge(key, signing, frame);
    if (judgement !== 'good') return refused(judgement);
    signing = next;
  }
  if (owner && owner.peer !== from && nowMs - owner.heardMs <= holdMs) return refused('contested');
  const owners = new Map(state.owners).set(system, { peer: from, heardMs: nowMs });
  const moved = owner && owner.peer !== from ? [{ is: 'moved' as const, ...about }] : [];
  return [{ ...state, signing, owners }, true, moved];
}

/** Counts, and tells what was not told yet. */
function quarrel(state: PeersState, said: PeerSaid & { readonly is: keyof PeerCounts }, nowMs: number): Heard {
  const counts = { ...state.counts, [said.is]: state.counts[said.is] + 1 };
  // Of those that find no place each would be a new one: they are told of together.
  const key = said.is === 'crowded' ? said.is : `${said.is}/${said.peer}/${said.system}`;
  const told = nowMs - state.told.sinceMs > toldForMs ? { sinceMs: nowMs, of: new Set<string>() } : state.told;
  if (told.of.has(key) || told.of.size >= mostTold) return [{ ...state, counts, told }, [], []];
  return [{ ...state, counts, told: { ...told, of: new Set([...told.of, key]) } }, [], [said]];
}
