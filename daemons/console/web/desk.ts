/** What people did with an alert, as the page reads it. */
import type { Act, Deed, Desk } from '../../core/values/desk.ts';
import { alertUrl, ask } from './ask.ts';
import type { AlertRecord } from './board.ts';
import { say } from './text.ts';

export type { Act, Deed, Desk };

export const deskOf = (record: AlertRecord): Desk | null => record.desk ?? null;

export const isShelved = (record: AlertRecord, nowMs: number): boolean =>
  (deskOf(record)?.shelved?.untilMs ?? 0) > nowMs;
export const isMuted = (record: AlertRecord, nowMs: number): boolean => (deskOf(record)?.muted?.untilMs ?? 0) > nowMs;
export const isResolved = (record: AlertRecord): boolean => deskOf(record)?.resolved != null;
export const isDrill = (record: AlertRecord): boolean => deskOf(record)?.drill === true;

/** A dwelling lies in its region, and no supervisor let it go to a patrol. */
export const isWithheld = (record: AlertRecord): boolean => {
  const dwelling = deskOf(record)?.dwelling;
  return dwelling != null && dwelling.touches.length > 0 && dwelling.released === null;
};

interface ActAnswer {
  readonly act: Act | null;
  readonly desk: Desk | null;
  readonly acknowledged: AlertRecord['acknowledged'];
}

export type Sent = { readonly answer: ActAnswer | null } | { readonly why: string };

/**
 * Sends a deed. A connection that tears leaves open whether it arrived: then the acts tell, so that nothing is done twice and
 * nothing that was done is told as lost.
 */
export async function sendDeed(record: AlertRecord, deed: Deed, by: string | null): Promise<Sent> {
  const { id } = record.alert;
  const seen = deskOf(record)?.acts ?? 0;
  const answer = await ask<ActAnswer>('POST', alertUrl(id, 'acts'), { deed, seen, ...(by !== null && { by }) });
  if (answer.ok) return { answer: answer.body };
  if (answer.status !== 0) return { why: answer.why };
  const told = await ask<{ readonly acts: readonly Act[] }>('GET', alertUrl(id, 'acts'));
  if (!told.ok) return { why: say('deed.unknown') };
  const same = told.body.acts
    .slice(seen)
    .some((act) => JSON.stringify(act.deed) === JSON.stringify(deed) && (by === null || act.by === by));
  return same ? { answer: null } : { why: answer.why };
}

/** What would take a deed back; null where nothing can. */
export function undoOf(deed: Deed, before: Desk | null): Deed | null {
  switch (deed.what) {
    case 'resolve':
      return { what: 'reopen', text: say('deed.undone') };
    case 'shelve':
      return { what: 'unshelve' };
    case 'mute':
      return { what: 'unmute' };
    case 'link':
      return { what: 'unlink' };
    case 'assign':
      return { what: 'assign', unit: before?.assigned ?? null };
    case 'release':
      return { what: 'withhold', text: say('deed.undone') };
    default:
      return null;
  }
}
