/**
 * Secrets sealed one by one with AES-256-GCM (NIST SP 800-38D), a random nonce of 96 bits each. Whose a secret is and which key
 * it is sealed with are bound to it, so that a row copied to another person opens for nobody.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Fault } from '../ports/fault.ts';
import type { Seals } from '../ports/seals.ts';

const start = 'sealed1';
const [nonceBytes, tagBytes] = [12, 16];
export const keyBytes = 32;

/** Names a key and tells nothing of it. */
export const keyIdOf = (key: Uint8Array): string => createHash('sha256').update(key).digest('hex').slice(0, 8);
export const isSealed = (kept: string): boolean => kept.startsWith(`${start}.`);

const boundTo = (id: string, of: string): Buffer => Buffer.from(`fieldpost ${start}\0${id}\0${of}`);

/** `keys`: newest first, asked for at each use, so that a key that was changed meanwhile counts. Errors of it are those of the seals. */
export function sealsWith(keys: () => readonly Uint8Array[]): Seals {
  return {
    seal: (plain, of) => {
      const [key] = keys();
      if (!key) throw new Fault('config', 'there is no key to seal secrets with; nothing was kept');
      const [id, nonce] = [keyIdOf(key), randomBytes(nonceBytes)];
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(boundTo(id, of));
      const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${start}.${id}.${sealed.toString('base64url')}`;
    },
    open: (kept, of) => {
      if (!isSealed(kept)) return kept;
      const [, id = '', text = ''] = kept.split('.');
      const key = keys().find((one) => keyIdOf(one) === id);
      if (!key) throw new Fault('config', `it is sealed with key ${id}, which is not in the file of keys`);
      return opened(Buffer.from(text, 'base64url'), key, boundTo(id, of));
    },
    isCurrent: (kept) => {
      const [key] = keys();
      return key !== undefined && kept.startsWith(`${start}.${keyIdOf(key)}.`);
    },
  };
}

function opened(sealed: Buffer, key: Uint8Array, bound: Buffer): string {
  const end = sealed.length - tagBytes;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decipher.setAAD(bound);
    decipher.setAuthTag(sealed.subarray(end));
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, end)), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new Fault('checksum', 'a sealed secret was changed, or is of somebody else', error);
  }
}

/** Where there is no key, as in a store on PostgreSQL without a file of keys: secrets are kept as they are. */
export const unsealed: Seals = {
  ...sealsWith(() => []),
  seal: (plain) => plain,
  isCurrent: (kept) => !isSealed(kept),
};
