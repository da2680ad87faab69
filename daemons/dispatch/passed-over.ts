/** Alerts that are older than all telling from a store: nobody is told of them until there is news of them. */
import type { Running } from '../core/daemon/running.ts';
import type { Delivery } from '../core/dispatch/delivery.ts';
import { isLongKnown } from '../core/dispatch/long-known.ts';
import type { AlertRecord } from '../core/ports/records.ts';

/** A day: every hour of a rule came once. */
export const usualKnownMs = 86_400_000;

export interface PassedOver {
  /** Each that is read, before `begin`: what was ever told says since when there is a dispatcher. */
  see(record: AlertRecord): void;
  /** All that was in the store was read once. Gives those that are passed over. */
  begin(all: Iterable<AlertRecord>): readonly AlertRecord[];
  /** Whether that one, which changed, is passed over all the same. */
  stays(record: AlertRecord): boolean;
}

export function openPassedOver(delivery: Delivery, ageMs: number, { clock, log }: Running): PassedOver {
  let firstMs = clock.now().wallMs;
  /** Whom each was given to then: given to somebody else by hand it is news. */
  const passed = new Map<string, string | null>();
  const givenTo = ({ desk }: AlertRecord): string | null => desk?.assigned ?? null;
  const isKnown = (record: AlertRecord): boolean =>
    ageMs > 0 && isLongKnown(record, delivery, { atMs: firstMs, ageMs });
  return {
    see: ({ desk }) => {
      for (const { tried } of desk?.told ?? [])
        for (const { claimedMs } of tried) firstMs = Math.min(firstMs, claimedMs);
    },
    begin: (all) => {
      const some = [...all].filter(isKnown);
      for (const one of some) passed.set(one.alert.id, givenTo(one));
      if (some.length > 0)
        log.warn('open alerts of before are taken as known: nobody is told of them until there is news of them', {
          alerts: some.length,
          before: new Date(firstMs - ageMs).toISOString(),
          right: 'dispatch --known-after 0 tells of all',
        });
      return some;
    },
    stays: (record) => {
      const { id } = record.alert;
      const is = passed.has(id) && passed.get(id) === givenTo(record) && isKnown(record);
      if (!is) passed.delete(id);
      return is;
    },
  };
}
