/**
 * What the centre signs for boxes: a text in one role of a site, and the signatures over exactly this text. Ed25519 (RFC 8032);
 * a key is named by the SHA-256 of its SubjectPublicKeyInfo. The text travels as it was signed: no canonical form is needed.
 */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import * as z from 'zod';
import { keyHashOf } from '../evidence/key-hash.ts';
import { Fault } from '../ports/fault.ts';
import { parseWire } from '../wire/parse.ts';
import { type Role, roles } from './roles.ts';

/** Longest signed text, in characters: it must go through a broker. */
export const longestText = 600_000;

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');

export const signedShape = z.strictObject({
  v: z.literal(1),
  role: z.enum(roles),
  text: z.string().max(longestText),
  signatures: z
    .array(z.strictObject({ key: sha256, signature: z.string().max(100) }))
    .max(16)
    .readonly(),
});
export type Signed = Readonly<z.infer<typeof signedShape>>;

/** Errors: Fault `protocol` that names the path. */
export const parseSigned = (json: string): Signed => parseWire(json, signedShape);

/** Keys of a role, and how many different ones must have signed. */
export interface RoleKeys {
  readonly threshold: number;
  readonly keys: readonly KeyObject[];
}

/** The role is signed too, so that no text passes for one of another role. */
const bytesOf = (role: Role, text: string): Buffer => Buffer.from(`fieldpost ${role} 1\n${text}`);

/** Signs with each of these private keys. Errors: RangeError for a key that is not Ed25519. */
export function signText(role: Role, text: string, keys: readonly KeyObject[]): Signed {
  const signatures = keys.map((key) => {
    if (key.asymmetricKeyType !== 'ed25519') throw new RangeError(`must be Ed25519; is ${key.asymmetricKeyType}`);
    return { key: keyHashOf(key), signature: sign(null, bytesOf(role, text), key).toString('base64') };
  });
  return { v: 1, role, text, signatures };
}

/** Errors: Fault `refused` when it is of another role, or too few keys of the role signed it. */
export function checkSigned(what: string, { role, text, signatures }: Signed, as: Role, of: RoleKeys): void {
  if (role !== as) throw new Fault('refused', `${what}: was signed as ${role}; must be signed as ${as}`);
  const known = new Map(of.keys.map((key) => [keyHashOf(key), key]));
  const good = new Set(
    signatures
      .filter(({ key, signature }) => {
        const signer = known.get(key);
        return signer !== undefined && verify(null, bytesOf(role, text), signer, Buffer.from(signature, 'base64'));
      })
      .map(({ key }) => key),
  );
  if (good.size >= of.threshold) return;
  const foreign = signatures.filter(({ key }) => !known.has(key)).map(({ key }) => key.slice(0, 16));
  const forged = signatures.filter(({ key }) => known.has(key) && !good.has(key)).map(({ key }) => key.slice(0, 16));
  const why = [
    ...(signatures.length === 0 ? ['nobody signed it'] : []),
    ...(foreign.length > 0 ? [`signed by ${foreign.join(', ')}, which the root of this box does not name`] : []),
    ...(forged.length > 0 ? [`the signature of ${forged.join(', ')} is not over this text: it was changed`] : []),
  ];
  throw new Fault(
    'refused',
    `${what}: ${good.size} of ${of.threshold} signatures of role ${as} hold (${why.join('; ') || 'the others are missing'}); nothing was changed`,
  );
}

/** Errors: Fault `refused` for anything but an Ed25519 key in PEM. */
export function roleKey(pem: string, where: string): KeyObject {
  let key: KeyObject | null = null;
  try {
    key = createPublicKey(pem);
  } catch {
    // What it is instead is told below.
  }
  if (key?.asymmetricKeyType !== 'ed25519')
    throw new Fault('refused', `${where}: must be an Ed25519 public key in PEM`);
  return key;
}
