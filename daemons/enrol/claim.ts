import { timingSafeEqual } from 'node:crypto';
import { keyHashOf } from '../core/evidence/key-hash.ts';
import { factsOf } from '../core/pki/facts.ts';
import { readRequest } from '../core/pki/issue.ts';
import { claimProof } from '../core/pki/token.ts';
import type { SiteAuthority } from '../core/ports/authority.ts';
import type { Claims } from '../core/ports/claims.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import { type ClaimAnswer, type ClaimFile, parseClaim } from '../core/wire/claim.ts';
import { judgeClaim } from './judge-claim.ts';

export interface ClaimParts {
  readonly authority: SiteAuthority;
  readonly claims: Claims;
  /** What the centre has of a box's configuration. */
  readonly filesOf: (device: string) => readonly ClaimFile[];
  /** The newest root of the site, signed; absent or null: none is kept here. */
  readonly rootNow?: () => string | null;
  /** Life of what is issued, in days. */
  readonly days: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Errors: Fault `protocol` for what cannot be read, `refused` when the disk does not take the register. */
export async function considerClaim(
  body: string,
  { authority, claims, filesOf, rootNow, days, clock, log }: ClaimParts,
): Promise<{ readonly code: number; readonly answer: Partial<ClaimAnswer> }> {
  const refused = (reason: string) => {
    log.warn('a claim was refused', { reason });
    return { code: 403, answer: { v: 1, refused: reason } as const };
  };
  const petition = parseClaim(body);
  const claim = claims.find(petition.id);
  const nowMs = clock.now().wallMs;
  const proved = claim !== null && isSame(claimProof(claim.key, claim.id, petition.request), petition.proof);
  // Whoever cannot prove a token is told so before anything of theirs is worked on.
  const { name, key } = proved ? await readRequest(petition.request) : { name: '', key: null };
  const keyHash = key ? keyHashOf(key) : '';
  const live = claim ? authority.live(claim.device, nowMs) : 0;
  const verdict = judgeClaim({ claim, proved, asks: name, keyHash, live, nowMs });
  if (verdict.say === 'refused' || claim === null || key === null)
    return refused(verdict.say === 'refused' ? verdict.reason : 'nothing was asked');
  if (!(await claims.take(claim.id, keyHash, nowMs)))
    return refused(`the token for ${name} was used a moment ago with another key; fieldpost pki deny ${name} at once`);
  if (verdict.denies) {
    const count = await authority.deny(name, 'replaced by another box with a token');
    await claims.withdraw(name, nowMs, { but: claim.id });
    log.warn('a box was replaced', { device: name, denied: count });
  }
  const publicKey = key.export({ type: 'spki', format: 'pem' }) as string;
  const certificate = await authority.issue({ name, publicKey }, days);
  const until = new Date(factsOf(certificate, 'issued').untilMs).toISOString();
  log.info('a new box has its certificate', { device: name, key: keyHash.slice(0, 16), until });
  const root = rootNow?.() ?? null;
  return { code: 200, answer: { v: 1, certificate, files: [...filesOf(name)], ...(root === null ? {} : { root }) } };
}

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
