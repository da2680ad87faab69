import { type CertificateFacts, firstReleaseMs } from '../values/certificate.ts';

/** When a certificate is to be renewed: two thirds into its life, so that a third is left to get it done. Unix ms. */
export const dueMs = ({ fromMs, untilMs }: CertificateFacts): number => fromMs + ((untilMs - fromMs) * 2) / 3;

/** A clock that cannot be right makes nothing due. */
export const isDue = (facts: CertificateFacts, nowMs: number): boolean =>
  nowMs >= firstReleaseMs && nowMs >= dueMs(facts);
