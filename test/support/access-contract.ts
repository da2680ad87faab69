/** What both stores of logins and of the audit log must do alike. */
import test, { type ExecutionContext } from 'ava';
import { follow, unfollowed } from '../../daemons/core/access/audit-chain.ts';
import type { AccessStore } from '../../daemons/core/adapters/access.ts';
import type { Account } from '../../daemons/core/values/account.ts';
import type { AuditEntry } from '../../daemons/core/values/audit.ts';

export const sampleAccount = (id: string): Account => ({
  ...{ id, role: 'operator', unit: null, language: 'en', password: null, totp: { secret: 'A', step: 4 }, keys: [] },
  ...{ recovery: [], disabled: false, browsers: [], createdMs: 1, createdBy: 'su-1', seenMs: null },
});
export const sampleEntry = (about: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ atMs: 1_700_000_000_000, actor: 'op-17', what: 'view', alerts: ['a1'], purpose: 'shift', case: 'C-1', about },
  ...more,
});

/** `open` gives the same fresh store each time that it is asked within one test. */
export function accessContract(name: string, open: (t: ExecutionContext) => Promise<() => Promise<AccessStore>>): void {
  test(`${name}: a step on every row writes those that it changes, all or none`, async (t) => {
    const { people } = (await (await open(t))()).accounts;
    for (const id of ['op-1', 'op-2', 'op-3']) await people.add(id, id, sampleAccount(id));
    t.is(await people.changeAll((one) => (one.id === 'op-2' ? one : { ...one, unit: 'u1' })), 2);
    t.deepEqual(
      (await people.all()).map(({ unit }) => unit),
      ['u1', null, 'u1'],
    );
    const failing = people.changeAll((one) => {
      if (one.id === 'op-3') throw new Error('in the midst');
      return { ...one, unit: 'u2' };
    });
    await t.throwsAsync(failing, { message: 'in the midst' });
    t.deepEqual(
      (await people.all()).map(({ unit }) => unit),
      ['u1', null, 'u1'],
    );
  });

  test(`${name}: an account is added once, changed by steps, and a step that gives null removes it`, async (t) => {
    const { people } = (await (await open(t))()).accounts;
    t.true(await people.add('op-1', 'op-1', sampleAccount('op-1')));
    t.false(await people.add('op-1', 'op-1', { ...sampleAccount('op-1'), role: 'supervisor' }));
    t.is((await people.read('op-1'))?.role, 'operator');
    t.is(await people.change('op-1', (one) => [{ ...one, unit: 'u1' }, 'done']), 'done');
    t.is((await people.read('op-1'))?.unit, 'u1');
    t.is(await people.change('nobody', (one) => [one, 'done']), null);
    await people.change('op-1', () => [null, null]);
    t.is(await people.read('op-1'), null);
    t.deepEqual(await people.all(), []);
  });

  test(`${name}: of two who use the same one-time thing at once, one gets it`, async (t) => {
    const again = await open(t);
    const [one, other] = [await again(), await again()];
    await one.accounts.people.add('op-1', 'op-1', sampleAccount('op-1'));
    const use = (store: AccessStore) =>
      store.accounts.people.change('op-1', (row) =>
        (row.totp?.step ?? 0) < 5 ? [{ ...row, totp: { secret: 'A', step: 5 } }, true] : [row, false],
      );
    const used = await Promise.all([use(one), use(other), use(one), use(other)]);
    t.is(used.filter((won) => won).length, 1);
  });

  test(`${name}: all of one owner go at once, and nobody else's`, async (t) => {
    const { sessions } = (await (await open(t))()).accounts;
    const session = { name: 's', csrf: 'c', purpose: null, startedMs: 1, seenMs: 1 };
    for (const [key, account] of [
      ['h1', 'op-1'],
      ['h2', 'op-1'],
      ['h3', 'op-2'],
    ] as const)
      await sessions.add(key, account, { ...session, account });
    await sessions.dropOf('op-1');
    t.deepEqual(
      (await sessions.all()).map(({ account }) => account),
      ['op-2'],
    );
  });

  test(`${name}: lines of the audit log follow each other, also when two add at once, and are found by what they tell`, async (t) => {
    const again = await open(t);
    const [one, other] = [await again(), await again()];
    const added = await Promise.all([
      one.audit.add(sampleEntry('first')),
      other.audit.add(sampleEntry('second', { actor: 'op-2', alerts: ['a2', 'a3'] })),
      one.audit.add(sampleEntry("it's \u0000 odd", { what: 'export', purpose: null, case: null })),
    ]);
    t.deepEqual([...added].sort(), [1, 2, 3]);
    const lines = await one.audit.from(1, 10);
    t.deepEqual(follow(unfollowed, lines).bad, null);
    t.is(follow(unfollowed, lines).last?.n, 3);
    t.deepEqual(
      (await one.audit.newest({ limit: 10, alert: 'a3' })).map(({ actor }) => actor),
      ['op-2'],
    );
    t.deepEqual(
      (await one.audit.newest({ limit: 10, what: 'export' })).map(({ what }) => what),
      ['export'],
    );
    t.is((await one.audit.newest({ limit: 2 }))[0]?.n, 3);
    t.is((await one.audit.newest({ limit: 2, before: 3 }))[0]?.n, 2);
    t.is((await one.audit.newest({ limit: 9, actor: 'op-17' })).length, 2);
  });
}
