import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Finding, fine, note, warn, wrong } from './finding.ts';
import { day, span } from './words.ts';

/** A certificate with less left is due, in ms. */
const dueMs = 30 * 86_400_000;
const goesOn = 'the box measures and keeps meanwhile';

export interface IdentityAsked {
  readonly folder: string;
  readonly device: string;
  /** Addresses that the uplink delivers to. */
  readonly brokers: readonly string[];
  readonly nowMs: number;
}

/** Key and certificates in `identity/` of the state folder: whether a broker would take them. Dates against `nowMs`. */
export function lookAtIdentity({ folder, device, brokers, nowMs }: IdentityAsked): Finding[] {
  const [keyFile, certFile, caFile] = ['device.key', 'device.crt', 'ca.crt'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  const missing = [keyFile, certFile, caFile].filter((file) => !existsSync(file));
  if (missing.length === 3) {
    const text = `${folder}: no key and no certificate: only a broker on this box can be used, and nothing is signed`;
    return brokers.every(isLoopback)
      ? [note('identity', text)]
      : [wrong('identity', text, 'provision the box: without them it reaches none of its brokers')];
  }
  const found: Finding[] = missing.map((file) =>
    wrong('identity', `${file} is missing: no broker can be reached over TLS; ${goesOn}`, 'provision the box again'),
  );
  if (existsSync(keyFile)) found.push(...judgeKey(keyFile));
  const certificate = existsSync(certFile) ? read(certFile) : null;
  if (certificate instanceof X509Certificate) {
    found.push(judgeDates('certificate', certificate, nowMs));
    found.push(...judgeName(certFile, certificate, device), ...judgePair(certificate, keyFile));
  } else if (certificate) found.push(certificate);
  const ca = existsSync(caFile) ? read(caFile) : null;
  if (ca instanceof X509Certificate) {
    found.push(judgeDates('authority', ca, nowMs));
    if (certificate instanceof X509Certificate && !certificate.verify(ca.publicKey))
      found.push(
        wrong(
          'identity',
          `${certFile} was not issued by ${caFile}: brokers refuse it; ${goesOn}`,
          'take both files from the same centre',
        ),
      );
  } else if (ca) found.push(ca);
  return found;
}

function read(file: string): X509Certificate | Finding {
  try {
    return new X509Certificate(readFileSync(file));
  } catch (error) {
    return wrong(
      'identity',
      `${file} is no certificate (${(error as Error).message}); must be PEM`,
      'provision the box again',
    );
  }
}

function judgeDates(what: string, certificate: X509Certificate, nowMs: number): Finding {
  const [fromMs, toMs] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
  const text = `${what} ${nameOf(certificate)}: valid ${day(fromMs)} to ${day(toMs)}`;
  const facts = { fromMs, toMs, subject: certificate.subject, fingerprint256: certificate.fingerprint256 };
  if (nowMs > toMs)
    return wrong(
      'identity',
      `${text}: expired ${span(nowMs - toMs)} ago; ${goesOn}`,
      'renew it: the box asks by itself when the centre is reached',
      facts,
    );
  if (nowMs < fromMs)
    return wrong(
      'identity',
      `${text}: not valid yet`,
      'see the clock above: a box that believes in an earlier time refuses it',
      facts,
    );
  if (toMs - nowMs < dueMs)
    return warn('identity', `${text}: ${span(toMs - nowMs)} left`, 'renew it before it expires', facts);
  return fine('identity', text, facts);
}

const nameOf = ({ subject }: X509Certificate): string => /^CN=(.+)$/m.exec(subject)?.[1] ?? '(no name)';

function judgeName(file: string, certificate: X509Certificate, device: string): Finding[] {
  const name = nameOf(certificate);
  if (name === device) return [];
  return [
    wrong(
      'identity',
      `${file} is for ${name}; must be for ${device}: the broker lets a device write to its own topics only`,
      'take the certificate of this device',
    ),
  ];
}

function judgePair(certificate: X509Certificate, keyFile: string): Finding[] {
  if (!existsSync(keyFile)) return [];
  try {
    if (certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)))) return [];
    return [
      wrong(
        'identity',
        `${keyFile} does not belong to the certificate`,
        'provision the box again: key and certificate are a pair',
      ),
    ];
  } catch (error) {
    // OpenSSL's sentence names the format and never the content.
    return [
      wrong(
        'identity',
        `${keyFile} is no key (${(error as Error).message}); must be P-256 in PEM`,
        'provision the box again',
      ),
    ];
  }
}

function judgeKey(file: string): Finding[] {
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o077) === 0) return [];
  return [wrong('identity', `${file}: mode 0${mode.toString(8)}: others could sign as this box`, `chmod 600 ${file}`)];
}

/** An address that cannot be read is none of this box. */
function isLoopback(address: string): boolean {
  const host = URL.parse(address)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
