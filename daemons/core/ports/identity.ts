import type { CertificateFacts } from '../values/certificate.ts';

/** Who a program is on the network: a private key, its certificate, and whom it trusts. All texts are PEM. */
export interface Identity {
  readonly key: string;
  readonly certificate: string;
  /** One certificate, or several while a site changes its authority. */
  readonly authority: string;
  readonly facts: CertificateFacts;
  readonly trusts: readonly CertificateFacts[];
}

/** Where an identity is kept. */
export interface IdentityStore {
  /** The files as a reader would look for them. */
  readonly files: {
    readonly key: string;
    readonly nextKey: string;
    readonly certificate: string;
    readonly authority: string;
  };
  /** As it is on the disk at this moment, expired or not. Errors: Fault `config`: a file is missing, damaged or does not match. */
  read(): Identity;
  /**
   * Puts a certificate into the place of the present one, in one step that a power cut cannot halve, and keeps the one
   * before. Errors: Fault `refused` when it does not belong to the key or to the authority, or the disk refuses.
   */
  install(certificate: string): Promise<void>;
}
