/** What a dock told of flights, as an archive of the centre; and limits around any place. */
import { moved, type Place } from '../../daemons/core/feed/place.ts';
import type { Archive } from '../../daemons/core/ports/archive.ts';
import { envelopeText } from '../../daemons/core/ports/spool.ts';
import { noHash } from '../../daemons/core/values/envelope.ts';
import type { DockEvent } from '../../daemons/dock/said.ts';
import type { FlightLimits, LookShape } from '../../daemons/dock/second-look.ts';
import { stampAt } from './alerts.ts';

/** Events of dock-1 as the centre holds them, newest first; what is pushed to `events` later is there too. */
export function archiveOf(events: readonly DockEvent[], nowMs = Date.now()): Archive {
  const textOf = (one: DockEvent, i: number): string =>
    envelopeText({
      ...{ v: 1, device: 'dock-1', spool: 's', stream: 'event', seq: i + 1, at: stampAt(nowMs + i), prev: noHash },
      ...{ salt: '0'.repeat(32), body: { ...one, at: stampAt(nowMs + i) } },
    });
  return {
    ...({} as Archive),
    events: async (device, type) =>
      events
        .map((one, i) => ({ device, spool: 's', stream: 'event' as const, seq: i + 1, text: textOf(one, i) }))
        .filter(({ text }) => device === 'dock-1' && text.includes(`"type":"${type}"`))
        .reverse(),
  };
}

export const lookRules = (around: Place): { readonly limits: FlightLimits; readonly shape: LookShape } => ({
  limits: {
    ...{ minAltM: 10, maxAltM: 60, marginM: 20 },
    fence: [
      [600, 600],
      [600, -600],
      [-600, -600],
      [-600, 600],
    ].map(([north = 0, east = 0]) => moved(around, north, east)),
  },
  shape: { altM: 30, speedMs: 4, widthM: 160, stepM: 50, transects: 5 },
});
