import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isLoopback } from '../../core/config/loopback.ts';
import { keyHashOf } from '../../core/evidence/key-hash.ts';
import { certificatesIn, factsOf, parseCertificate, parseKey, signedBy } from '../../core/pki/facts.ts';
import { isFault } from '../../core/ports/fault.ts';
import type { CertificateFacts } from '../../core/values/certificate.ts';
import { type Finding, fine, note, warn, wrong } from './finding.ts';
import { day, span } from './words.ts';

/** A certificate with less left is due, in ms. */
const dueMs = 30 * 86_400_000;
const goesOn = 'the box measures and keeps meanwhile';
const again = 'provision the box again: key and certificate are a pair';

export interface IdentityAsked {
  readonly folder: string;
  readonly device: string;
  /** Addresses that the uplink delivers to. */
  readonly brokers: readonly string[];
  readonly nowMs: number;
}

/** Key and certificates in `identity/` of the state folder: whether a broker would take them. Dates against `nowMs`. */
export function lookAtIdentity({ folder, device, brokers, nowMs }: IdentityAsked): Finding[] {
  const at = (name: string): string => path.join(folder, name);
  const missing = ['device.key', 'device.crt', 'ca.crt'].filter((name) => !existsSync(at(name)));
  if (missing.length === 3) {
    const text = `${folder}: no key and no certificate: only a broker on this box can be used, and nothing is signed`;
    return brokers.every((url) => isLoopback(URL.parse(url)?.hostname ?? ''))
      ? [note('identity', text)]
      : [wrong('identity', text, 'provision the box: without them it reaches none of its brokers')];
  }
  const absent = missing.map((name) =>
    wrong('identity', `${at(name)} is missing: no broker can be reached over TLS; ${goesOn}`, again),
  );
  const there = (name: string, look: (file: string) => Finding[]): Finding[] =>
    missing.includes(name) ? [] : attempt(() => look(at(name)));
  return [
    ...absent,
    ...there('device.key', judgeKey),
    ...there('device.crt', (file) => {
      const facts = factsOf(readFileSync(file), file);
      return [judgeDates('certificate', facts, nowMs), ...judgeName(file, facts, device)];
    }),
    ...there('ca.crt', (file) =>
      certificatesIn(readFileSync(file, 'utf8')).map((pem) => judgeDates('authority', factsOf(pem, file), nowMs)),
    ),
    ...attempt(() => (missing.includes('device.crt') ? [] : judgePair(folder, missing))),
  ];
}

/** A file that is not what it should be is a finding; `look` for the others goes on. */
function attempt(look: () => Finding[]): Finding[] {
  try {
    return look();
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    if (!isFault(error) && errno === undefined) throw error;
    return [wrong('identity', (error as Error).message, again)];
  }
}

function judgeDates(what: string, { name, fromMs, untilMs, serial }: CertificateFacts, nowMs: number): Finding {
  const text = `${what} ${name}: valid ${day(fromMs)} to ${day(untilMs)}`;
  const facts = { name, fromMs, untilMs, serial };
  if (nowMs > untilMs)
    return wrong(
      'identity',
      `${text}: expired ${span(nowMs - untilMs)} ago; ${goesOn}`,
      'renew it at the centre; the key stays',
      facts,
    );
  if (nowMs < fromMs)
    return wrong(
      'identity',
      `${text}: not valid yet`,
      'see the clock above: a box that believes in an earlier time refuses it',
      facts,
    );
  if (untilMs - nowMs < dueMs)
    return warn('identity', `${text}: ${span(untilMs - nowMs)} left`, 'renew it before it expires', facts);
  return fine('identity', text, facts);
}

function judgeName(file: string, { name }: CertificateFacts, device: string): Finding[] {
  if (name === device) return [];
  return [
    wrong(
      'identity',
      `${file} is for ${name}; must be for ${device}: the broker lets a device write to its own topics only`,
      'take the certificate of this device',
    ),
  ];
}

/** Whether certificate, key and authority belong together. Errors of a file on its own are told elsewhere. */
function judgePair(folder: string, missing: readonly string[]): Finding[] {
  const text = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  const file = path.join(folder, 'device.crt');
  const certificate = parseCertificate(text('device.crt'), file);
  const found: Finding[] = [];
  if (!missing.includes('device.key')) {
    const key = parseKey(text('device.key'), path.join(folder, 'device.key'));
    if (keyHashOf(key) !== keyHashOf(certificate.publicKey))
      found.push(wrong('identity', `${path.join(folder, 'device.key')} does not belong to the certificate`, again));
  }
  if (!missing.includes('ca.crt') && !signedBy(certificate, text('ca.crt')))
    found.push(
      wrong(
        'identity',
        `${file} was not issued by the authority in ca.crt: brokers refuse it; ${goesOn}`,
        'take both files from the same centre',
      ),
    );
  return found;
}

function judgeKey(file: string): Finding[] {
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o077) === 0) return [];
  return [wrong('identity', `${file}: mode 0${mode.toString(8)}: others could sign as this box`, `chmod 600 ${file}`)];
}
