/** Secrets of authenticator apps, which the store keeps sealed: whoever reads a dump of it has no second factor of anybody. */
import { isSealed, unsealed } from '../../core/access/seals.ts';
import type { Accounts } from '../../core/ports/accounts.ts';
import { isFault } from '../../core/ports/fault.ts';
import type { Log } from '../../core/ports/log.ts';
import type { SealKeys, Seals } from '../../core/ports/seals.ts';

/** Whose a secret is: bound to what is sealed. */
export const ofPerson = (account: string): string => `person ${account}`;
export const ofInvitation = (account: string): string => `invitation ${account}`;

export interface Sealing {
  /** Rows that were sealed now. */
  readonly sealed: number;
  /** Rows that do not open: another key, or changed. */
  readonly locked: number;
}

/** Seals with the newest key what is not. Errors: Fault `config` where there is no key. */
export async function sealAll({ people, invitations }: Accounts, seals: Seals): Promise<Sealing> {
  let locked = 0;
  const anew = (kept: string, of: string): string => {
    try {
      const plain = seals.open(kept, of);
      return seals.isCurrent(kept) ? kept : seals.seal(plain, of);
    } catch (error) {
      if (!isFault(error) || !isSealed(kept)) throw error;
      locked += 1;
      return kept;
    }
  };
  const ofPeople = await people.changeAll((one) => {
    if (!one.totp) return one;
    const secret = anew(one.totp.secret, ofPerson(one.id));
    return secret === one.totp.secret ? one : { ...one, totp: { ...one.totp, secret } };
  });
  const ofInvitations = await invitations.changeAll((one) => {
    if (one.secret === null) return one;
    const secret = anew(one.secret, ofInvitation(one.account));
    return secret === one.secret ? one : { ...one, secret };
  });
  return { sealed: ofPeople + ofInvitations, locked };
}

/** Whether something is sealed already: then a new key would open nothing. */
const anySealed = async ({ people, invitations }: Accounts): Promise<boolean> =>
  (await people.all()).some(({ totp }) => totp !== null && isSealed(totp.secret)) ||
  (await invitations.all()).some(({ secret }) => secret !== null && isSealed(secret));

/**
 * The seals of a store, its key made at the first start, and what was kept open sealed. A key that is missing or another one stops no
 * console: passkeys and recovery codes need none, and whoever has lost a key must be able to log in.
 */
export async function sealsFor(keys: SealKeys | null, accounts: Accounts, log: Log): Promise<Seals> {
  if (!keys) {
    log.warn('secrets of authenticator apps are kept as they are', {
      right: '--seal-key FILE: a key outside the database, made at the first start',
    });
    return unsealed;
  }
  const { where: file, seals } = keys;
  try {
    if (!keys.isThere() && !(await anySealed(accounts))) {
      await keys.make();
      log.info('a key for secrets of authenticator apps was made; back it up apart from the database', { file });
    }
    const { sealed, locked } = await sealAll(accounts, seals);
    if (sealed > 0) log.info('secrets of authenticator apps were sealed', { file, sealed });
    if (locked > 0)
      log.error('codes of some authenticator apps cannot be checked: another key, or the secrets were changed', {
        ...{ file, locked },
        right:
          'the file of keys that belongs to this database; else fieldpost accounts reset for each without a passkey',
      });
  } catch (error) {
    if (!isFault(error)) throw error;
    log.error('codes of authenticator apps cannot be checked', { file, reason: error.message });
  }
  return seals;
}
