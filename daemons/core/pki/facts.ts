import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { keyHashOf } from '../evidence/key-hash.ts';
import { Fault } from '../ports/fault.ts';
import type { CertificateFacts } from '../values/certificate.ts';

/** RFC 5280, 4.2.1.12. */
const clientAuth = '1.3.6.1.5.5.7.3.2';
const serverAuth = '1.3.6.1.5.5.7.3.1';

/** Errors: Fault `config` when the text holds no certificate; `where` names it. */
export function parseCertificate(pemOrDer: string | Uint8Array, where: string): X509Certificate {
  try {
    return new X509Certificate(pemOrDer);
  } catch (error) {
    throw new Fault('config', `${where}: holds no certificate; must be PEM that begins with BEGIN CERTIFICATE`, error);
  }
}

/** Errors: Fault `config`, like `parseCertificate`. */
export function factsOf(pemOrDer: string | Uint8Array, where: string): CertificateFacts {
  const found = parseCertificate(pemOrDer, where);
  const uses = found.keyUsage ?? [];
  return {
    name: commonName(found.subject),
    issuer: commonName(found.issuer),
    serial: found.serialNumber.toLowerCase(),
    fromMs: Date.parse(found.validFrom),
    untilMs: Date.parse(found.validTo),
    keyHash: keyHashOf(found.publicKey),
    hosts: [...(found.subjectAltName ?? '').matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map((one) => one[1] ?? ''),
    client: uses.includes(clientAuth),
    server: uses.includes(serverAuth),
  };
}

/** Every certificate of a PEM text, one text each. */
export const certificatesIn = (pem: string): readonly string[] =>
  pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];

/** Errors: Fault `config`; the text itself is never repeated. */
export function parseKey(pem: string, where: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw new Fault('config', `${where}: holds no private key; must be PEM that begins with BEGIN PRIVATE KEY`, error);
  }
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Fault('config', `${where}: is not a P-256 key; fieldpost makes and takes P-256 keys only`);
  return key;
}

/** Whether one of the authorities (PEM) signed the certificate. Dates are another matter. */
export function signedBy(certificate: X509Certificate, authorities: string): boolean {
  return certificatesIn(authorities).some((pem) => {
    const authority = new X509Certificate(pem);
    return authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  });
}

const commonName = (subject: string | undefined): string => /(?:^|\n)CN=([^\n]*)/.exec(subject ?? '')?.[1] ?? '';
