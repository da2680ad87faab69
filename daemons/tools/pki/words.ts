import type { CertificateFacts } from '../../core/values/certificate.ts';

/** What a person compares over the telephone: 64 bits of the public key's SHA-256. */
export const fingerprint = (keyHash: string): string => (keyHash.slice(0, 16).match(/.{4}/g) ?? []).join('-');

export const until = ({ name, untilMs, hosts }: CertificateFacts): string =>
  `certificate of ${name}${hosts.length > 0 ? ` (${hosts.join(', ')})` : ''}, valid until ${new Date(untilMs).toISOString().slice(0, 10)}`;
