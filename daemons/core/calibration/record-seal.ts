/**
 * The device's signature over a calibration record: whoever edits a record by hand cannot make it fit again. Signed is the
 * record without its seal as JSON with sorted keys, so that spaces and the order of fields in the file are no question.
 */
import { createPublicKey, hash } from 'node:crypto';
import { isSigned, type Signer } from '../evidence/seal.ts';
import type { RecordSeal } from '../values/calibration.ts';

/** JSON with the keys of every object sorted: one text for one value. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** What is signed: a heading, who says it, and the record. */
const claimOf = (record: object, device: string): string => {
  const { seal: _seal, ...claim } = record as { readonly seal?: unknown };
  return `fieldpost calibration record 1\n${device}\n${sortedJson(claim)}`;
};

/** SHA-256 (hex) by which a record is named whatever its signature is. */
export const recordDigest = (record: object): string => hash('sha256', claimOf(record, ''), 'hex');

export const sealRecord = (record: object, device: string, signer: Signer): RecordSeal => ({
  key: signer.key,
  signature: signer.sign(claimOf(record, device)),
});

/** Whether the signer's own key made this seal over this record. */
export function isSealOf(seal: RecordSeal, record: object, device: string, signer: Signer): boolean {
  if (seal.key !== signer.key) return false;
  return isSigned(claimOf(record, device), seal.signature, createPublicKey(signer.publicKey));
}
