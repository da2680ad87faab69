/**
 * Rows of a spool at rest: AES-256-GCM (NIST SP 800-38D), a key of its own for each spool file, a random nonce for each
 * row. The place of a row (table and key) is authenticated with it, so that rows cannot change places.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;
export const masterKeyBytes = 32;

export interface RowCipher {
  /** nonce, ciphertext and tag in one. */
  seal(text: string, place: string): Uint8Array;
  /** The text, or null when these bytes were not sealed with this key for this place, or were damaged since. */
  open(sealed: Uint8Array, place: string): string | null;
}

/** The cipher of one spool file. `master` is the box's storage key, 32 bytes. Errors: RangeError for another length. */
export function rowCipher(master: Uint8Array, spool: string): RowCipher {
  if (master.length !== masterKeyBytes)
    throw new RangeError(`a storage key of ${master.length} bytes; must be ${masterKeyBytes}`);
  const key = new Uint8Array(hkdfSync('sha256', master, spool, 'fieldpost spool rows v1', 32));
  return {
    seal: (text, place) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open: (sealed, place) => {
      if (sealed.length < nonceBytes + tagBytes) return null;
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
        .setAAD(Buffer.from(place))
        .setAuthTag(sealed.subarray(sealed.length - tagBytes));
      const head = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes));
      try {
        return Buffer.concat([head, decipher.final()]).toString('utf8');
      } catch {
        // The tag does not hold: that is the answer.
        return null;
      }
    },
  };
}
