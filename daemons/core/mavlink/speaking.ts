/** What a station says on a MAVLink link: numbered, and signed where there is a key (mavlink.io, "Message Signing"). */
import { payloadOf, type Value } from './decode.ts';
import { frameOf, type Sender } from './encode.ts';
import { layoutNamed } from './messages.ts';
import { signatureOf } from './signing.ts';

export interface Outgoing {
  readonly name: string;
  readonly fields: Readonly<Record<string, Value>>;
}

/** `ticks`: of the last signature. */
export type Speaking = Sender & { readonly ticks: bigint };

/** Signatures count tens of microseconds since this moment, Unix ms. */
const epochMs = Date.UTC(2015, 0, 1);
const signedFlag = 0x01;
const linkId = 0;

/** The bytes of a message. Timestamps of signatures only ever rise, whatever the wall clock does. */
export function spoken(
  state: Speaking,
  { name, fields }: Outgoing,
  { key, wallMs }: { readonly key: Uint8Array | null; readonly wallMs: number },
): readonly [Speaking, Uint8Array] {
  const layout = layoutNamed(name);
  const bytes = frameOf(layout, payloadOf(layout, fields), state, key ? signedFlag : 0);
  const next = { ...state, seq: (state.seq + 1) & 0xff };
  if (!key) return [next, bytes];
  const now = BigInt(Math.max(0, Math.round((wallMs - epochMs) * 100)));
  const ticks = now > state.ticks ? now : state.ticks + 1n;
  return [{ ...next, ticks }, Buffer.concat([bytes, signatureOf(key, bytes, { link: linkId, ticks })])];
}
