/** Frames that we send: MAVLink 2, signed where there is a key. */
import { crcOver, crcWith } from './crc.ts';
import type { Layout } from './layout.ts';

export interface Sender {
  readonly system: number;
  readonly component: number;
  readonly seq: number;
}

/** A MAVLink 2 frame without a signature. `payload` as `payloadOf` gives it. */
export function frameOf(
  layout: Layout,
  payload: Uint8Array,
  { system, component, seq }: Sender,
  flags = 0,
): Uint8Array {
  const head = [0xfd, payload.length, flags, 0, seq & 0xff, system, component];
  const id = [layout.id & 0xff, (layout.id >>> 8) & 0xff, layout.id >>> 16];
  const bytes = Uint8Array.of(...head, ...id, ...payload, 0, 0);
  const end = bytes.length - 2;
  const crc = crcWith(crcOver(bytes, 1, end), layout.crcExtra);
  bytes[end] = crc & 0xff;
  bytes[end + 1] = crc >>> 8;
  return bytes;
}
