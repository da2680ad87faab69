import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { sealKeysIn } from '../../../daemons/core/adapters/seals.files.ts';
import {
  checkAudit,
  disableAccount,
  inviteAccount,
  listAccounts,
  resetAccount,
  rotateSeals,
} from '../../../daemons/tools/accounts/accounts.ts';
import { freshFolder } from '../../core/spool/keeping.ts';

test('on the machine of the centre: accounts are listed, invited, reset and disabled, and each of it is in the log', async (t) => {
  const file = path.join(freshFolder(t), 'central.db');
  const made = await inviteAccount(file, { role: 'supervisor' }, 1000);
  t.like(made, { account: 'su-1', role: 'supervisor' });
  t.regex(made.path, /^\/#first=[\w-]{43}$/);
  t.deepEqual(await listAccounts(file), [
    { id: 'su-1', role: 'supervisor', unit: null, disabled: false, canLogIn: false },
  ]);
  const again = await resetAccount(file, 'su-1', 2000);
  t.not(again.path, made.path);
  await disableAccount(file, 'su-1', 3000);
  t.is((await listAccounts(file))[0]?.disabled, true);
  await t.throwsAsync(inviteAccount(file, { role: 'auditor', id: 'SU-1' }, 4000), { message: /SU-1: is taken/ });
  await t.throwsAsync(resetAccount(file, 'nobody', 4000), { message: /nobody: there is no such account/ });
  t.is((await checkAudit(file)).lines, 3);
});

test('a log with a changed line is named by that line', async (t) => {
  const file = path.join(freshFolder(t), 'central.db');
  for (let n = 0; n < 4; n++) await inviteAccount(file, { role: 'operator' }, n);
  const db = new DatabaseSync(file);
  db.exec("DROP TRIGGER access_audit_kept; UPDATE access_audit SET about = 'nothing happened' WHERE n = 3");
  db.close();
  await t.throwsAsync(checkAudit(file), { message: /line 3 does not follow/ });
});

test('a key of seals is changed by a command, which names it and stands in the log', async (t) => {
  const file = path.join(freshFolder(t), 'central.db');
  await inviteAccount(file, { role: 'supervisor' }, 1000);
  await t.throwsAsync(rotateSeals(file, undefined, 2000), { message: /central\.db\.key: is not there/ });
  await sealKeysIn(`${file}.key`).make();
  const before = readFileSync(`${file}.key`, 'utf8');
  t.like(await rotateSeals(file, undefined, 3000), { sealed: 0, locked: 0, file: `${file}.key` });
  t.not(readFileSync(`${file}.key`, 'utf8'), before);
  t.is((await checkAudit(file)).lines, 2);
});
