import type { CertificateFacts } from '../core/values/certificate.ts';

/** Everything that decides about one petition; whoever asks has looked it up. */
export interface Plea {
  /** The certificate shown, and whether our authority signed it. */
  readonly shown: CertificateFacts;
  readonly ours: boolean;
  /** Whether the key of the shown certificate signed the petition. */
  readonly proved: boolean;
  /** The name in the request for the next certificate. */
  readonly asks: string;
  readonly denied: boolean;
  /** Unix ms; null: nobody approved. */
  readonly approvedUntilMs: number | null;
}

export interface Terms {
  /** How long after it lapsed a certificate is still renewed without a person, ms. */
  readonly graceMs: number;
  readonly nowMs: number;
}

/** `waits` until a person approves. The reasons are read on the box's log and at the centre. */
export type Verdict =
  | { readonly say: 'issue' }
  | { readonly say: 'waits'; readonly reason: string }
  | { readonly say: 'refused'; readonly reason: string };

/** An expired certificate proves who asks, and nothing more: what was denied, foreign or not proved gets nothing. */
export function judge(plea: Plea, { graceMs, nowMs }: Terms): Verdict {
  const { shown, ours, proved, asks, denied, approvedUntilMs } = plea;
  const who = `certificate of ${shown.name || 'nobody'}, serial ${shown.serial.slice(0, 8)}`;
  if (!ours)
    return refused(
      `${who}: was not issued by this site ("${shown.issuer}" did); a box of another site needs a certificate of this one: fieldpost pki request, sign, install`,
    );
  if (!proved) return refused(`${who}: the petition is not signed by its key, so it may be anybody's`);
  if (!shown.client)
    return refused(`${who}: is not for a device; servers are renewed at the centre: fieldpost pki renew`);
  if (asks !== shown.name) return refused(`${who}: asks for the name ${asks}; a renewal keeps the name`);
  if (denied) return refused(`${who}: is on the deny list`);
  if (shown.fromMs > nowMs)
    return refused(
      `${who}: begins on ${day(shown.fromMs)}, and here it is ${day(nowMs)}: one of two clocks at the centre is wrong`,
    );
  const lapsedMs = nowMs - shown.untilMs;
  if (lapsedMs <= graceMs) return { say: 'issue' };
  if (approvedUntilMs !== null && nowMs <= approvedUntilMs) return { say: 'issue' };
  return {
    say: 'waits',
    reason:
      `${who}: expired on ${day(shown.untilMs)}, ${Math.floor(lapsedMs / 86_400_000)} days ago, more than the ` +
      `${Math.floor(graceMs / 86_400_000)} days that are renewed without a person. If it is the box you know: fieldpost pki approve ${shown.name}`,
  };
}

const refused = (reason: string): Verdict => ({ say: 'refused', reason });
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
