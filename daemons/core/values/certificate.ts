/** What a reader needs to know of an X.509 certificate (RFC 5280). */
export interface CertificateFacts {
  /** The subject's common name: a device's name, or a server's. Empty where there is none. */
  readonly name: string;
  /** The issuer's common name. */
  readonly issuer: string;
  /** Small hexadecimal digits. */
  readonly serial: string;
  /** Unix time in ms: not valid before, and not after. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** SHA-256 (hex) of the public key as SubjectPublicKeyInfo. */
  readonly keyHash: string;
  /** DNS names and addresses that a server may go by. */
  readonly hosts: readonly string[];
  /** What it may be used for, by extended key usage. */
  readonly client: boolean;
  readonly server: boolean;
}

/** No clock of a box that runs this program can truly be before it. */
export const firstReleaseMs = Date.UTC(2026, 9, 1);
