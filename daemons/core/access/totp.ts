/** Six digits of an authenticator app (RFC 6238: SHA-1, 30 s). Each time step is good once, and none before the newest used. */
import { Secret, TOTP } from 'otpauth';

export const periodS = 30;
/** A phone's clock may be one step off, either way (RFC 6238, 5.2). */
const window = 1;

const of = (secret: string, label = ''): TOTP =>
  new TOTP({
    issuer: 'Fieldpost',
    label,
    secret: Secret.fromBase32(secret),
    period: periodS,
    digits: 6,
    algorithm: 'SHA1',
  });

/** 160 bits, as RFC 4226 asks for; base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** What an app reads as a QR code. */
export const totpUri = (secret: string, account: string): string => of(secret, account).toString();

/** The code of a moment: for tests and simulated operators. */
export const totpAt = (secret: string, nowMs: number): string => of(secret).generate({ timestamp: nowMs });

const bare = (code: string): string => code.replace(/\s/g, '');
/** Whether it looks like a code of an app at all. */
export const isCode = (code: string): boolean => /^\d{6}$/.test(bare(code));

/** The time step that the code is of; null: it is wrong, too old, or its step (or a later one) was used. */
export function totpStep(secret: string, code: string, nowMs: number, usedStep: number): number | null {
  if (!isCode(code)) return null;
  const delta = of(secret).validate({ token: bare(code), timestamp: nowMs, window });
  if (delta === null) return null;
  const step = Math.floor(nowMs / 1000 / periodS) + delta;
  return step > usedStep ? step : null;
}
