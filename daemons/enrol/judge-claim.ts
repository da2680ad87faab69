import { programName } from '../core/pki/program-name.ts';
import type { Claim } from '../core/ports/claims.ts';

/** Everything that decides about one claim; whoever asks has looked it up. */
export interface Claiming {
  /** What the register knows of the token; null: nothing. */
  readonly claim: Claim | null;
  /** Whether the token's secret sealed this request. */
  readonly proved: boolean;
  /** The name in the request, and the hash of its key. */
  readonly asks: string;
  readonly keyHash: string;
  /** Certificates of that name that are in force. */
  readonly live: number;
  readonly nowMs: number;
}

export type ClaimVerdict =
  /** `denies`: the box that has the name loses it. */
  { readonly say: 'issue'; readonly denies: boolean } | { readonly say: 'refused'; readonly reason: string };

/**
 * A token is good for one key. The same key may ask again until the token's end, for an answer may be lost on its way;
 * another key never.
 */
export function judgeClaim({ claim, proved, asks, keyHash, live, nowMs }: Claiming): ClaimVerdict {
  if (claim === null)
    return refused(
      'this token was not made here: it is forged, of another centre, or older than the backup that this centre was restored from; ask for a new one',
    );
  const { device, used, untilMs } = claim;
  const anew = `fieldpost token ${device} makes another`;
  if (!proved) return refused(`the token for ${device} is forged or damaged: its secret is another; ${anew}`);
  if (claim.withdrawn) return refused(`the token for ${device} was withdrawn at the centre; ${anew}`);
  if (nowMs > untilMs) return refused(`the token for ${device} expired at ${time(untilMs)}; ${anew}`);
  if (asks !== device) return refused(`the token is for ${device}, and this box asks for the name ${asks}`);
  if (programName.test(device)) return refused(`${device} is the name of a program of the centre; no box may have it`);
  if (used && used.keyHash !== keyHash)
    return refused(
      `the token for ${device} was used at ${time(used.atMs)} with another key. If that was this box before it was wiped: ` +
        `fieldpost token ${device} --replaces. If it was not, somebody else had the token: fieldpost pki deny ${device} at once`,
    );
  if (!used && live > 0 && !claim.replaces)
    return refused(
      `there is a box ${device} with a certificate in force; two boxes never share a name. Take another name, or, where this one stands in for it: fieldpost token ${device} --replaces`,
    );
  return { say: 'issue', denies: !used && live > 0 };
}

const refused = (reason: string): ClaimVerdict => ({ say: 'refused', reason });
const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
