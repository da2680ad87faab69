/** What whoever has the centre's machine can do when nobody can log in any more. Each is in the audit log, by `centre`. */
import { followAll } from '../../console/access/audit-routes.ts';
import { cutOff } from '../../console/access/cut-off.ts';
import { addAccount, inviteAgain, type Wanted } from '../../console/access/mint.ts';
import { type Sealing, sealAll } from '../../console/access/sealed.ts';
import { sealKeyOf } from '../../console/config.ts';
import { keyIdOf } from '../../core/access/seals.ts';
import { type AccessStore, openAccessAt } from '../../core/adapters/access.ts';
import { rotateSealKey, sealKeysIn } from '../../core/adapters/seals.files.ts';
import { Fault } from '../../core/ports/fault.ts';

async function withStore<T>(records: string, work: (store: AccessStore) => Promise<T>): Promise<T> {
  const store = await openAccessAt(records);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const tell = ({ audit }: AccessStore, about: string, nowMs: number): Promise<number> =>
  audit.add({ atMs: nowMs, actor: 'centre', what: 'account', alerts: [], purpose: null, case: null, about });

const noSuch = (id: string): Fault =>
  new Fault('config', `${id}: there is no such account; fieldpost accounts list has them`);

export interface Shown {
  readonly id: string;
  readonly role: string;
  readonly unit: string | null;
  readonly disabled: boolean;
  readonly canLogIn: boolean;
}

export const listAccounts = (records: string): Promise<readonly Shown[]> =>
  withStore(records, async ({ accounts }) =>
    (await accounts.people.all()).map(({ id, role, unit, disabled, password, totp, keys }) => ({
      ...{ id, role, unit, disabled },
      canLogIn: !disabled && ((password !== null && totp !== null) || keys.length > 0),
    })),
  );

/** A new account, or the same link for one that is there: its password, factors and sessions go. */
export const inviteAccount = (records: string, wanted: Wanted, nowMs: number) =>
  withStore(records, async (store) => {
    const made = await addAccount(store.accounts, wanted, 'centre', nowMs);
    if (!made) throw new Fault('config', `${wanted.id}: is taken; fieldpost accounts reset gives it a new link`);
    await tell(store, `${made.account.id}: invited as ${made.account.role}`, nowMs);
    return { account: made.account.id, role: made.account.role, path: `/#first=${made.link}`, untilMs: made.untilMs };
  });

export const resetAccount = (records: string, id: string, nowMs: number) =>
  withStore(records, async (store) => {
    const made = await inviteAgain(store.accounts, id, 'centre', nowMs);
    if (!made) throw noSuch(id);
    await tell(store, `${id}: password and second factor reset`, nowMs);
    return { account: id, role: made.account.role, path: `/#first=${made.link}`, untilMs: made.untilMs };
  });

export const disableAccount = (records: string, id: string, nowMs: number) =>
  withStore(records, async (store) => {
    const { accounts } = store;
    if (!(await accounts.people.change(id, (one) => [{ ...one, disabled: true }, true]))) throw noSuch(id);
    await cutOff(accounts, id);
    await accounts.invitations.dropOf(id);
    await tell(store, `${id}: disable`, nowMs);
    return { account: id, disabled: true };
  });

/** Errors: Fault `checksum` that names the first bad line. */
export const checkAudit = (records: string) =>
  withStore(records, async ({ audit }) => {
    const { last, bad } = await followAll(audit);
    if (bad !== null)
      throw new Fault(
        'checksum',
        `the audit log of ${records}: line ${bad} does not follow from the one before; it was changed, or lines were taken out`,
      );
    return { lines: last?.n ?? 0, hash: last?.hash ?? null };
  });

/** Seals secrets of authenticator apps with a new key. Errors: Fault `config` where there is no key; given again, it goes on. */
export const rotateSeals = (records: string, file: string | undefined, nowMs: number) =>
  withStore(records, async (store) => {
    const where = sealKeyOf({ records, sealKey: file });
    if (where === null)
      throw new Fault('config', '--seal-key is missing; it names the file that the console was given');
    const { seals } = sealKeysIn(where);
    let sealing: Sealing = { sealed: 0, locked: 0 };
    const key = await rotateSealKey(where, async () => {
      sealing = await sealAll(store.accounts, seals);
    });
    await tell(store, `secrets of authenticator apps sealed anew with key ${keyIdOf(key)}`, nowMs);
    return { key: keyIdOf(key), file: where, ...sealing };
  });
