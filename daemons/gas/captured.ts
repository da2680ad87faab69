/** What a payload keeps of what it read: see `core/sortie/gate.ts`. */
import type { Board } from '../core/config/box.ts';
import { inputsOf } from '../core/config/sampling.ts';
import type { Reading } from '../core/values/reading.ts';

/** These tell of the box and its line, and nothing of a place: a zero on the ground needs them. */
const ofTheBox: readonly string[] = ['temperature', 'humidity', 'pressure'];

/** Channels (`sensor/channel`) that no gate holds back. */
export function ownChannels({ climate, quantities, sampling }: Board): ReadonlySet<string> {
  return new Set([
    ...(climate ? [climate.temperature, climate.humidity] : []),
    ...quantities.filter(({ quantity }) => ofTheBox.includes(quantity)).map(({ channel }) => channel),
    ...sampling.flatMap((one) => Object.values(inputsOf(one))),
  ]);
}

/** Readings of moments that the gate covers, of the box's own channels, and of what a technician has in hand. */
export function captured(
  readings: readonly Reading[],
  covers: (momentNs: number) => boolean,
  own: ReadonlySet<string>,
): readonly Reading[] {
  const mayKeep = ({ at, sensor, channel, flags }: Reading): boolean =>
    covers(at.monoNs) || own.has(`${sensor}/${channel}`) || flags.includes('inhibited');
  return readings.every(mayKeep) ? readings : readings.filter(mayKeep);
}
