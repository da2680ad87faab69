/**
 * MAVLink 1 and 2 frames out of a stream of bytes (mavlink.io, "Serialization"). A frame counts only when its checksum
 * holds, which takes a message that we know; behind anything else the search goes on one byte further, so that noise, half
 * frames and lengths that lie never swallow the frame after them. Memory is bounded by the longest frame.
 */
import { crcOver, crcWith } from './crc.ts';
import type { Layout } from './layout.ts';
import { layouts } from './messages.ts';

const stx1 = 0xfe;
const stx2 = 0xfd;
const header1 = 6;
const header2 = 10;
const checksumBytes = 2;
const signatureBytes = 13;
const signedFlag = 0x01;
export interface Frame {
  readonly version: 1 | 2;
  readonly system: number;
  readonly component: number;
  readonly seq: number;
  readonly layout: Layout;
  /** The whole frame, from its first byte to its checksum or signature; a copy. */
  readonly bytes: Uint8Array;
  /** Where its first byte stood in the stream. */
  readonly at: number;
  readonly signed: boolean;
}

/** What of the stream may still be the beginning of a frame, and how many bytes came before it. */
export interface FramingState {
  readonly rest: Uint8Array;
  readonly passed: number;
}

export const freshFraming = (): FramingState => ({ rest: new Uint8Array(0), passed: 0 });

/** The frames in what came so far and `bytes`. `last`: nothing follows, so nothing waits for more. */
export function framesIn(
  { rest, passed }: FramingState,
  bytes: Uint8Array,
  last = false,
): readonly [FramingState, readonly Frame[]] {
  const all = rest.length === 0 ? bytes : joined(rest, bytes);
  const frames: Frame[] = [];
  let at = 0;
  while (at < all.length) {
    const first = all[at];
    if (first !== stx1 && first !== stx2) {
      at += 1;
      continue;
    }
    const found = first === stx1 ? frame1(all, at) : frame2(all, at);
    if (found === 'short') {
      if (!last) break;
      at += 1;
    } else if (found === null) at += 1;
    else {
      frames.push({ ...found, at: passed + at });
      at += found.bytes.length;
    }
  }
  return [{ rest: all.slice(at), passed: passed + at }, frames];
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** A frame, null where none begins, `short` where it may go on behind the last byte. */
type Found = Omit<Frame, 'at'> | null | 'short';

function frame1(all: Uint8Array, at: number): Found {
  if (all.length - at < header1) return 'short';
  const layout = layouts.get(all[at + 5] ?? 0);
  const length = all[at + 1] ?? 0;
  if (layout === undefined || length !== layout.base) return null;
  const end = at + header1 + length;
  if (all.length < end + checksumBytes) return 'short';
  if (!holds(all, at, end, layout)) return null;
  return {
    version: 1,
    seq: all[at + 2] ?? 0,
    system: all[at + 3] ?? 0,
    component: all[at + 4] ?? 0,
    layout,
    bytes: all.slice(at, end + checksumBytes),
    signed: false,
  };
}

function frame2(all: Uint8Array, at: number): Found {
  // Flags that we do not know change the frame in ways that we do not know either.
  if (all.length - at > 2 && ((all[at + 2] ?? 0) & ~signedFlag) !== 0) return null;
  if (all.length - at < header2) return 'short';
  const id = (all[at + 7] ?? 0) | ((all[at + 8] ?? 0) << 8) | ((all[at + 9] ?? 0) << 16);
  const layout = layouts.get(id);
  const length = all[at + 1] ?? 0;
  // A longer payload comes of a sender whose extensions are younger than ours: what we know of it stands first.
  if (layout === undefined || length === 0) return null;
  const signed = ((all[at + 2] ?? 0) & signedFlag) !== 0;
  const end = at + header2 + length;
  const whole = end + checksumBytes + (signed ? signatureBytes : 0);
  if (all.length < whole) return 'short';
  if (!holds(all, at, end, layout)) return null;
  return {
    version: 2,
    seq: all[at + 4] ?? 0,
    system: all[at + 5] ?? 0,
    component: all[at + 6] ?? 0,
    layout,
    bytes: all.slice(at, whole),
    signed,
  };
}

function holds(all: Uint8Array, at: number, end: number, { crcExtra }: Layout): boolean {
  const crc = crcWith(crcOver(all, at + 1, end), crcExtra);
  return all[end] === (crc & 0xff) && all[end + 1] === crc >>> 8;
}
