import { type Stream, streams } from '../values/envelope.ts';

type PerStream = Readonly<Record<Stream, number>>;

/** What is shed goes down to this share below the limit, so that one event tells of many envelopes. */
const slack = 0.01;
/** Telemetry first, alerts last. */
export const expendable: readonly Stream[] = streams.toReversed();

/**
 * Bytes to shed of each stream. A stream may use what those before it in `expendable` leave of their limits, and sheds
 * of theirs before its own: alerts go only when no telemetry and no event is left.
 */
export function overweight(held: PerStream, limit: PerStream): Record<Stream, number> {
  const shed: Record<Stream, number> = { alert: 0, event: 0, tele: 0 };
  let have = 0;
  let may = 0;
  for (const [i, stream] of expendable.entries()) {
    have += held[stream];
    may += limit[stream];
    if (have <= may) continue;
    let need = have - may * (1 - slack);
    for (const from of expendable.slice(0, i + 1)) {
      const part = Math.min(need, held[from] - shed[from]);
      shed[from] += part;
      need -= part;
      have -= part;
    }
  }
  return shed;
}

/** Streams that an append may push out of a full disk: telemetry makes room for everything, events for alerts. */
export const displaceable = (appended: ReadonlySet<Stream>): readonly Stream[] =>
  appended.has('alert') ? ['tele', 'event'] : ['tele'];
