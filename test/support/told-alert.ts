/** An alert under a store that judges each deed, as a dispatcher meets it. */
import { untouched } from '../../daemons/core/desk/fold.ts';
import { transact } from '../../daemons/core/desk/transact.ts';
import { planOf } from '../../daemons/core/dispatch/chain.ts';
import type { Delivery } from '../../daemons/core/dispatch/delivery.ts';
import type { AlertRecord } from '../../daemons/core/ports/records.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { Deed, Desk } from '../../daemons/core/values/desk.ts';
import { sampleAlert } from './alerts.ts';

export const alertOnDesk = (news: Partial<Alert> = {}, desk?: Partial<Desk>): AlertRecord => ({
  ...{ site: 'north', device: 'post-7', raisedMs: 0, changedMs: 0, acknowledged: null },
  alert: sampleAlert('a', news, 0),
  ...(desk && { desk: { ...untouched, ...desk } }),
});

export function onDesk(delivery: Delivery, first = alertOnDesk()) {
  let record = first;
  const told: string[] = [];
  const refused: string[] = [];
  const act = (deed: Deed, nowMs: number, unit?: string): void => {
    const role = unit ? 'patrol' : 'centre';
    const written = transact(record, null, { alert: 'a', by: unit ?? 'op-1', role, atMs: nowMs, deed, unit }, 1);
    if (typeof written === 'string') refused.push(`${deed.what}: ${written}`);
    else record = written.record;
  };
  return {
    told,
    refused,
    act,
    get record() {
      return record;
    },
    set record(next) {
      record = next;
    },
    plan: (nowMs: number) => planOf(record, delivery, nowMs),
    /** Does what is due, `outcome` each; gives when to look next. */
    look: (nowMs: number, outcome: (n: number) => 'sent' | 'failed' | null = () => 'sent'): number | null => {
      for (;;) {
        const { tell, over, lookMs } = planOf(record, delivery, nowMs);
        for (const deed of over) act(deed, nowMs);
        for (const { unit, way, step } of tell) {
          act({ what: 'tell', unit, way, step, grouped: false }, nowMs);
          const state = outcome(told.length);
          told.push(`${nowMs / 1000} ${unit} ${way} ${step}`);
          if (state) act({ what: 'told', unit, way, step, state, why: null }, nowMs);
        }
        if (tell.length + over.length === 0) return lookMs;
      }
    },
  };
}
