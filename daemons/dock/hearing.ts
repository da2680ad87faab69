/** Bytes of a MAVLink line to what the drone of this dock says: of itself, and to the feed. */
import { observed } from '../core/feed/from-mavlink.ts';
import { freshTaking, type Taking, type Told, take } from '../core/feed/take.ts';
import { decode } from '../core/mavlink/decode.ts';
import { type FramingState, framesIn, freshFraming } from '../core/mavlink/framing.ts';
import { heard, unheard, type Vehicle } from './vehicle.ts';

export interface Hearing {
  readonly framing: FramingState;
  readonly taking: Taking;
  readonly vehicle: Vehicle;
}
export const freshHearing = (): Hearing => ({ framing: freshFraming(), taking: freshTaking, vehicle: unheard });

/** Other systems on the line are passed over: what they say is of another drone. */
export function hear(
  state: Hearing,
  bytes: Uint8Array,
  { system, monoNs }: { readonly system: number; readonly monoNs: number },
): readonly [Hearing, readonly Told[]] {
  const [framing, frames] = framesIn(state.framing, bytes);
  let { taking, vehicle } = state;
  const told: Told[] = [];
  for (const frame of frames) {
    if (frame.system !== system) continue;
    const message = decode(frame);
    vehicle = heard(vehicle, message, monoNs / 1e6);
    const seen = observed(message);
    if (!seen) continue;
    const [next, more] = take(taking, seen, monoNs);
    taking = next;
    told.push(...more);
  }
  return [{ framing, taking, vehicle }, told];
}
