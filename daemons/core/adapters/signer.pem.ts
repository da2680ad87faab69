import { createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { type Signer, signerOf } from '../evidence/seal.ts';

/** A signer, or why there is none: what is wrong with the file and what would be right. */
export type FoundSigner =
  | { readonly signer: Signer; readonly why: null }
  | { readonly signer: null; readonly why: string };

const none = (why: string): FoundSigner => ({ signer: null, why });

/**
 * The device's key from a PEM file that only its owner may read. A key that is missing or wrong is never a reason not to
 * measure: the box then goes on unsigned and says why. Nothing of the key's content gets into a message.
 */
export function openSigner(file: string): FoundSigner {
  let pem: string;
  try {
    const mode = statSync(file).mode & 0o777;
    if ((mode & 0o077) !== 0)
      return none(`${file}: mode is 0${mode.toString(8)}; must be 0600: others could sign as this device`);
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return none(code === 'ENOENT' ? `${file}: there is no device key` : `${file}: cannot be read (${code})`);
  }
  try {
    return { signer: signerOf(createPrivateKey(pem)), why: null };
  } catch (error) {
    // OpenSSL's sentence names the format and never the content.
    return none(`${file}: is not a device key (${(error as Error).message}); must be P-256 in PEM`);
  }
}
