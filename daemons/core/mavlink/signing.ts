/** Message signing of MAVLink 2 (mavlink.io, "Message Signing"): the first 48 bits of a SHA-256 with a shared key. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Frame } from './framing.ts';

const signatureBytes = 13;
/** Ticks of 10 us: a first message of a stream may be this much older than the newest of the link. */
const ageTicks = 6_000_000n;
/** Streams that are remembered at the most: what one link holds; the one heard of longest ago goes first. */
const mostStreams = 64;

/** Newest timestamp of each stream (system, component, link), and of all. */
export interface SigningState {
  readonly newest: bigint;
  readonly streams: ReadonlyMap<string, bigint>;
}

export const freshSigning = (newest = 0n): SigningState => ({ newest, streams: new Map() });

export type Judgement = 'good' | 'unsigned' | 'forged' | 'replayed';

/** The last 13 bytes of a signed frame: link, timestamp and signature over `bytes`, the frame up to its checksum. */
export function signatureOf(
  key: Uint8Array,
  bytes: Uint8Array,
  { link, ticks }: { link: number; ticks: bigint },
): Uint8Array {
  const stamp = Buffer.alloc(7);
  stamp[0] = link;
  stamp.writeUIntLE(Number(ticks), 1, 6);
  const digest = createHash('sha256').update(key).update(bytes).update(stamp).digest();
  return Buffer.concat([stamp, digest.subarray(0, 6)]);
}

/**
 * Whether a frame comes from a holder of the key and is newer than everything of its stream. Anything but `good` leaves the
 * state as it was.
 */
export function judge(key: Uint8Array, state: SigningState, frame: Frame): readonly [SigningState, Judgement] {
  if (!frame.signed) return [state, 'unsigned'];
  const { bytes } = frame;
  const at = bytes.length - signatureBytes;
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset + at, signatureBytes);
  const link = tail[0] ?? 0;
  const ticks = BigInt(tail.readUIntLE(1, 6));
  const wanted = signatureOf(key, bytes.subarray(0, at), { link, ticks });
  if (!timingSafeEqual(wanted, tail)) return [state, 'forged'];
  const stream = `${frame.system}/${frame.component}/${link}`;
  const before = state.streams.get(stream);
  if (before === undefined ? ticks + ageTicks < state.newest : ticks <= before) return [state, 'replayed'];
  const streams = new Map(state.streams);
  streams.delete(stream);
  streams.set(stream, ticks);
  for (const oldest of streams.keys()) {
    if (streams.size <= mostStreams) break;
    streams.delete(oldest);
  }
  return [{ newest: ticks > state.newest ? ticks : state.newest, streams }, 'good'];
}
