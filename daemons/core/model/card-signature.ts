/** Who vouches for a card: a signature beside it, made off the box by a key that the profile names. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { keyHashOf } from '../evidence/key-hash.ts';
import { isSigned, type Signer } from '../evidence/seal.ts';
import { parse, refused } from './trust.ts';

/** Beside card.json. */
export const signatureFile = 'card.sig.json';

const cardSignature = z.strictObject({
  key: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('SHA-256 (hex) of the SubjectPublicKeyInfo of the key'),
  signature: z.string().min(1).max(200).describe('base64 of r||s: ECDSA with P-256 and SHA-256'),
});

/** What is signed: the card's bytes, which hold the hash of the model and name the golden vectors. */
const textOf = (cardSha256: string, goldenSha256: string): string =>
  JSON.stringify(['fieldpost model card 1', cardSha256, goldenSha256]);

interface Signed {
  /** SHA-256 (hex) of card.json and of the file of its golden vectors. */
  readonly card: string;
  readonly golden: string;
}

/** The content of the signature's file. */
export const signCard = (signer: Signer, { card, golden }: Signed): string =>
  `${JSON.stringify({ key: signer.key, signature: signer.sign(textOf(card, golden)) }, null, 2)}\n`;

/** Errors: Fault `refused` when nobody signed, nobody who is known, or something else. */
export function checkSignature(file: string, { card, golden }: Signed, signers: readonly KeyObject[]): void {
  const { key, signature } = parse(file, cardSignature);
  const signer = signers.find((one) => keyHashOf(one) === key);
  if (!signer) throw refused(file, 'key', `is ${key}, and this box knows [${signers.map(keyHashOf).join(', ')}] only`);
  if (!isSigned(textOf(card, golden), signature, signer))
    throw refused(file, 'signature', 'is not of this card and these golden vectors');
}

/** A public key in PEM that may sign cards. Errors: Fault `refused` for anything but P-256. */
export function signerKey(pem: string, where: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw refused(where, 'signer', 'is not a public key in PEM');
  }
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw refused(where, 'signer', 'is not a P-256 key');
  return key;
}
