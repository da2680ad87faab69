/** People of the centre, as the store keeps them: pseudonyms and hashes, and nothing that says who they are. */

export const roles = ['technician', 'patrol', 'operator', 'supervisor', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** A passkey: its public half. Times in Unix ms. */
export interface Passkey {
  readonly id: string;
  readonly name: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  /** Signatures so far, as the authenticator counts them; 0 where it does not. */
  readonly counter: number;
  readonly transports: readonly string[];
  readonly addedMs: number;
  readonly usedMs: number | null;
}

export interface Account {
  readonly id: string;
  readonly role: Role;
  /** The patrol's unit; null: none. */
  readonly unit: string | null;
  readonly language: 'en' | 'ru' | 'kk';
  /** scrypt with its parameters; null: nobody has set one yet. */
  readonly password: string | null;
  /** Base32 secret, and the newest time step that was used: each is good once. */
  readonly totp: { readonly secret: string; readonly step: number } | null;
  readonly keys: readonly Passkey[];
  /** SHA-256 of recovery codes that are left. */
  readonly recovery: readonly string[];
  readonly disabled: boolean;
  /** SHA-256 of what browsers keep that logged in before: waits that others caused do not hold them up. */
  readonly browsers: readonly string[];
  readonly createdMs: number;
  readonly createdBy: string;
  readonly seenMs: number | null;
}

/** A one-time link by which somebody sets password and second factor of an account. */
export interface Invitation {
  readonly account: string;
  readonly untilMs: number;
  readonly by: string;
  /** Base32, new at each look; null before the first. */
  readonly secret: string | null;
}

export interface Session {
  readonly account: string;
  /** Names it in the audit log; no secret. */
  readonly name: string;
  readonly csrf: string;
  readonly purpose: { readonly text: string; readonly case: string } | null;
  readonly startedMs: number;
  readonly seenMs: number;
}

/** What a program shows in place of a login. */
export interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** A part of the role's. */
  readonly rights: readonly string[];
  readonly unit: string | null;
  /** Nothing of another site is told; null: all. */
  readonly site: string | null;
  readonly purpose: { readonly text: string; readonly case: string };
  readonly untilMs: number;
  readonly createdMs: number;
  readonly createdBy: string;
}
