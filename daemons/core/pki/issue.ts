/** Certificates, requests and revocation lists: P-256 with SHA-256, RFC 5280 and RFC 2986. */
import './reflect.ts';
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { Fault } from '../ports/fault.ts';
import { namePattern } from '../wire/topics.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** What signs: the authority's certificate and its private key. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  readonly key: KeyObject;
}

/** Unix time in ms. */
export interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A P-256 private key as PKCS #8 PEM. It is for a file of mode 0600 and for nothing else. */
export const makeKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

/** A self-signed authority of one site (a topic name); it signs devices and servers, never another authority. */
export async function makeAuthority(site: string, key: KeyObject, { fromMs, untilMs }: Validity): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [`Fieldpost authority of ${site}`] }, { O: [site] }],
    keys: { privateKey: await signing(key), publicKey: await verifying(createPublicKey(key)) },
    notBefore: new Date(fromMs),
    notAfter: new Date(untilMs),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(await verifying(createPublicKey(key))),
    ],
  });
  return pem(certificate);
}

export interface Subject {
  /** The common name: a topic name for a device, any host name for a server. */
  readonly name: string;
  readonly key: KeyObject;
  /** DNS names and addresses: present for a server, absent for a device. */
  readonly hosts?: readonly string[];
}

/** A certificate of a device (clientAuth) or, with `hosts`, of a server (serverAuth), as PEM. */
export async function issue(authority: Authority, subject: Subject, { fromMs, untilMs }: Validity): Promise<string> {
  const { name, key, hosts } = subject;
  const issuer = new x509.X509Certificate(authority.certificate);
  const publicKey = await verifying(key.type === 'private' ? createPublicKey(key) : key);
  const use = hosts ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: [
      { CN: [name] },
      ...(issuer.subjectName.getField('O')[0] ? [{ O: issuer.subjectName.getField('O') }] : []),
    ],
    issuer: issuer.subjectName,
    publicKey,
    signingKey: await signing(authority.key),
    notBefore: new Date(fromMs),
    // None outlives what it hangs on.
    notAfter: new Date(Math.min(untilMs, issuer.notAfter.getTime())),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([use]),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(hosts ? [new x509.SubjectAlternativeNameExtension(hosts.map(hostName))] : []),
    ],
  });
  return pem(certificate);
}

/** A certificate request of a device, signed with its key, as PEM. */
export async function makeRequest(name: string, key: KeyObject): Promise<string> {
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [name] }],
    keys: { privateKey: await signing(key), publicKey: await verifying(createPublicKey(key)) },
    signingAlgorithm: algorithm,
  });
  return `${request.toString('pem')}\n`;
}

/** Errors: Fault `protocol`: no request, not signed by its own key, not P-256, or a name that no device can have. */
export async function readRequest(text: string): Promise<{ readonly name: string; readonly key: KeyObject }> {
  let request: x509.Pkcs10CertificateRequest;
  let proved: boolean;
  try {
    request = new x509.Pkcs10CertificateRequest(text);
    proved = await request.verify();
  } catch (error) {
    throw new Fault(
      'protocol',
      'request: is no certificate request; must be PEM that begins with BEGIN CERTIFICATE REQUEST',
      error,
    );
  }
  if (!proved) throw new Fault('protocol', 'request: is not signed by the key in it; it was altered on the way');
  const key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), type: 'spki', format: 'der' });
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Fault('protocol', 'request: its key is not P-256; fieldpost pki request makes the right one');
  const name = request.subjectName.getField('CN')[0] ?? '';
  if (!namePattern.test(name))
    throw new Fault(
      'protocol',
      `request: is for ${JSON.stringify(name)}; must be small letters, digits and hyphens, 1 to 32 of them`,
    );
  return { name, key };
}

/** A list of revoked serial numbers (hex) for brokers. Without a next update: an old list is better than no connection. */
export async function makeRevocations(authority: Authority, serials: readonly string[], atMs: number): Promise<string> {
  const list = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(authority.certificate).subjectName,
    thisUpdate: new Date(atMs),
    entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date(atMs) })),
    signingAlgorithm: algorithm,
    signingKey: await signing(authority.key),
  });
  // The library's own heading is one that OpenSSL does not know.
  return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`;
}

/** 126 random bits, positive and of fixed length (RFC 5280, 4.1.2.2). */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

const hostName = (value: string): { readonly type: 'ip' | 'dns'; readonly value: string } => ({
  type: isIP(value) ? 'ip' : 'dns',
  value,
});
const pem = (certificate: x509.X509Certificate): string => `${certificate.toString('pem')}\n`;
const signing = async (key: KeyObject): Promise<webcrypto.CryptoKey> => key.toCryptoKey(algorithm, false, ['sign']);
const verifying = async (key: KeyObject): Promise<webcrypto.CryptoKey> => key.toCryptoKey(algorithm, true, ['verify']);
