/**
 * Reading a list of denied certificates (RFC 5280, section 5.1); `issue.ts` makes it. By hand, as the library that makes it gives no
 * entries of a list without a next update.
 */
import { verify } from 'node:crypto';
import { Fault } from '../ports/fault.ts';
import { parseCertificate } from './facts.ts';

/** Tags of DER (X.690, 8.1.2). */
const [integer, bitString, sequence, utcTime, generalizedTime] = [0x02, 0x03, 0x30, 0x17, 0x18];

interface Part {
  readonly tag: number;
  /** With tag and length, as it is signed. */
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
}

/** Serial numbers of a list, hex, small letters. Errors: Fault `protocol` for what is no list, or not signed by this authority (PEM). */
export function readRevocations(text: string, authority: string, where: string): readonly string[] {
  const base64 = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/.exec(text)?.[1] ?? '';
  const [list] = partsOf(Buffer.from(base64, 'base64'));
  const [signed, , signature] = list?.tag === sequence ? partsOf(list.content) : [];
  if (signed?.tag !== sequence || signature?.tag !== bitString)
    throw new Fault('protocol', `${where}: is no list of denied certificates; must be PEM, X509 CRL`);
  const { publicKey } = parseCertificate(authority, 'ca.crt');
  // The first byte of a bit string says how many bits of its last one do not count: none of a signature.
  if (!verify('sha256', signed.whole, publicKey, signature.content.subarray(1)))
    throw new Fault('protocol', `${where}: was not signed by the authority of this site; it was not taken`);
  const parts = partsOf(signed.content);
  const lastTime = parts.findLastIndex(({ tag }) => tag === utcTime || tag === generalizedTime);
  const entries = parts[lastTime + 1];
  if (entries?.tag !== sequence) return [];
  return partsOf(entries.content).map(({ content }) => {
    const serial = partsOf(content)[0];
    return serial?.tag === integer ? Buffer.from(serial.content).toString('hex') : '';
  });
}

/** What stands one after another in DER; nothing from where it is broken. */
function partsOf(bytes: Uint8Array): readonly Part[] {
  const found: Part[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const first = bytes[at + 1] ?? 0;
    const size = first < 0x80 ? 0 : first & 0x7f;
    const from = at + 2 + size;
    if (size > 4 || from > bytes.length) return found;
    const length = size === 0 ? first : Buffer.from(bytes).readUIntBE(at + 2, size);
    const end = from + length;
    if (end > bytes.length) return found;
    found.push({ tag: bytes[at] ?? 0, whole: bytes.subarray(at, end), content: bytes.subarray(from, end) });
    at = end;
  }
  return found;
}

/**
 * Whether `next` may take the place of `present`, and says something new. What was denied stays denied: a list that forgot
 * something comes from an authority that was restored from an older copy, or is an old one that somebody replays. Errors:
 * Fault `refused` for such a list.
 */
export function isNews(present: readonly string[] | null, next: readonly string[], where: string): boolean {
  if (!present) return true;
  const known = new Set(next);
  const forgotten = present.filter((serial) => !known.has(serial));
  if (forgotten.length > 0)
    throw new Fault(
      'refused',
      `${where}: no longer denies ${forgotten.length} certificates that are denied here (serials ${forgotten.map((one) => one.slice(0, 8)).join(', ')}): ` +
        'it is an old one, or the authority was restored from an older copy: deny those boxes again there (fieldpost pki deny). The present list stays in force',
    );
  return known.size > new Set(present).size;
}
