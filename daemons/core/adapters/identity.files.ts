import { readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { keyHashOf } from '../evidence/key-hash.ts';
import { certificatesIn, factsOf, parseCertificate, parseKey, signedBy } from '../pki/facts.ts';
import { Fault } from '../ports/fault.ts';
import type { Identity, IdentityStore } from '../ports/identity.ts';
import { replaceFile } from './durable-file.ts';

/** An identity as PEM files in one folder, the key of mode 0600. Nothing is read before `read`. */
export function identityIn(folder: string): IdentityStore {
  const files = {
    key: path.join(folder, 'device.key'),
    /** Waits for its certificate: made by `fieldpost pki request --new-key`. */
    nextKey: path.join(folder, 'device.key.next'),
    certificate: path.join(folder, 'device.crt'),
    authority: path.join(folder, 'ca.crt'),
  };
  return {
    files,
    read: () => readIdentity(files),
    install: async (certificate) => {
      const one = parseCertificate(certificate, 'the certificate to install');
      if (!signedBy(one, pemIn(files.authority)))
        throw new Fault(
          'refused',
          `the certificate for ${files.certificate} does not come from the authority in ${files.authority}; it was not installed`,
        );
      keyFor(keyHashOf(one.publicKey), files);
      await replaceFile(files.certificate, certificate, 0o644);
      readIdentity(files);
    },
  };
}

function readIdentity(files: IdentityStore['files']): Identity {
  const authority = pemIn(files.authority);
  const trusts = certificatesIn(authority).map((one) => factsOf(one, files.authority));
  if (trusts.length === 0)
    throw new Fault('config', `${files.authority}: holds no certificate; must be the ca.crt of the site`);
  const certificate = pemIn(files.certificate);
  const facts = factsOf(certificate, files.certificate);
  const { pem, waits } = keyFor(facts.keyHash, files);
  // A power cut between certificate and key leaves the old key in place: the change is finished here.
  if (waits) renameSync(files.nextKey, files.key);
  return { key: pem, certificate, authority, facts, trusts };
}

/** The private key of a public one, and whether it is the one that waits. Errors: Fault `config` when neither is. */
function keyFor(keyHash: string, files: IdentityStore['files']): { readonly pem: string; readonly waits: boolean } {
  const present = pemIn(files.key);
  if (keyHashOf(parseKey(present, files.key)) === keyHash) return { pem: present, waits: false };
  const next = pemIn(files.nextKey, null);
  if (next !== null && keyHashOf(parseKey(next, files.nextKey)) === keyHash) return { pem: next, waits: true };
  throw new Fault(
    'config',
    `${files.certificate}: the certificate does not belong to the key in ${files.key}: they come from two boxes or two ` +
      'requests. Make a request for this key (fieldpost pki request), have it signed and install the answer',
  );
}

/** Errors: Fault `config`, unless there is something to give for a file that does not exist. */
function pemIn(file: string): string;
function pemIn(file: string, absent: null): string | null;
function pemIn(file: string, absent?: null): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && absent === null) return null;
    throw new Fault(
      'config',
      `${file}: cannot be read (${code}); without it there is no connection by TLS. ` +
        'A box gets its certificate by: fieldpost pki request, sign at the centre, install',
      error,
    );
  }
}
