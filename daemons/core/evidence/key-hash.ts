import { createPublicKey, hash, type KeyObject } from 'node:crypto';

/** SHA-256 (hex) of a public key as SubjectPublicKeyInfo; of a private key, that of its public half. */
export function keyHashOf(key: KeyObject): string {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return hash('sha256', half.export({ type: 'spki', format: 'der' }), 'hex');
}
