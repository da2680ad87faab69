/** What a certificate is for. */
export interface Applicant {
  readonly name: string;
  /** The public key as PEM, SubjectPublicKeyInfo. */
  readonly publicKey: string;
  /** Present for a server: the names and addresses it goes by. */
  readonly hosts?: readonly string[];
}

/** The site's authority, at the centre: it signs, remembers what it signed, and knows whom it no longer trusts. */
export interface SiteAuthority {
  /** PEM. */
  readonly certificate: string;
  /** Written into the register before it is given. `days` from this moment. Errors: Fault `refused`. */
  issue(applicant: Applicant, days: number): Promise<string>;
  isDenied(serial: string): boolean;
  /** The newest signed list of what is denied, PEM. Errors: Fault `config`. */
  revocations(): string;
  /** Until when a person allows a lapsed certificate of this name to be renewed, Unix ms; null: nobody did. */
  approvedUntil(name: string): number | null;
  /** How many certificates of this name a broker would take at that moment. */
  live(name: string, nowMs: number): number;
  /** Denies every certificate issued to this name so far, and gives their number; a later one is not touched. */
  deny(name: string, why: string): Promise<number>;
}
