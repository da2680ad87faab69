/** `fieldpost camera sign`: a person vouches for a model, off the box. */
import { createPrivateKey, hash, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { signerOf } from '../../core/evidence/seal.ts';
import { signatureFile, signCard } from '../../core/model/card-signature.ts';
import { parseBytes, read, refused } from '../../core/model/trust.ts';
import { visionCard } from '../../core/model/vision-card.ts';
import { Fault } from '../../core/ports/fault.ts';

/** Writes the signature and says who signed what. Errors: Fault `refused`, `config`. */
export function signModel(folder: string, keyFile: string): string {
  const file = path.join(folder, 'card.json');
  const bytes = read(file);
  const card = parseBytes(file, bytes, visionCard);
  const model = hash('sha256', read(path.join(folder, card.file)), 'hex');
  if (model !== card.sha256) throw refused(file, 'sha256', `is ${card.sha256}, and ${card.file} has ${model}`);
  const golden = hash('sha256', read(path.join(folder, card.golden.file)), 'hex');
  const signer = signerOf(privateKey(keyFile));
  const out = path.join(folder, signatureFile);
  writeFileSync(out, signCard(signer, { card: hash('sha256', bytes, 'hex'), golden }));
  return `${card.name} ${card.version} for "${card.purpose}": signed by ${signer.key}, in ${out}`;
}

function privateKey(file: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(Buffer.from(read(file)));
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('config', `${file}: is not a private key in PEM`, error);
  }
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Fault('config', `${file}: must be a P-256 key`);
  return key;
}
