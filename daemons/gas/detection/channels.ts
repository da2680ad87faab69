/** Change detection over every quantity that a rule asks it of: measurements to signed scores. */
import { isBlind } from '../../core/values/flags.ts';
import type { Measurement } from '../../core/values/measurement.ts';
import { type Changed, type ChangeOptions, type ChannelState, freshChannel, look } from './change.ts';

/** By quantity. Plain JSON: committed with what is kept, so that a restart in a plume does not learn the plume. */
export type ChannelsState = Readonly<Record<string, ChannelState>>;

/**
 * The next state and how far the measurement's quantity has been from its baseline. Air of another place, a technician's gas
 * and what is detected (`active`) teach nothing.
 */
export function channel(
  state: ChannelsState,
  { quantity, value, flags }: Measurement,
  active: boolean,
  options: ChangeOptions,
): readonly [ChannelsState, Changed] {
  const frozen = active || isBlind(flags) || flags.includes('inhibited');
  const [next, changed] = look(state[quantity] ?? freshChannel, value ?? Number.NaN, frozen, options);
  return [{ ...state, [quantity]: next }, changed];
}
