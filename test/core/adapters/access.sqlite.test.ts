import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { follow, unfollowed } from '../../../daemons/core/access/audit-chain.ts';
import { openSqliteAccess } from '../../../daemons/core/adapters/access.sqlite.ts';
import { accessContract, sampleEntry } from '../../support/access-contract.ts';
import { pushPhonesContract } from '../../support/push-phones-contract.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-access-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

let n = 0;
const freshFile = (): string => path.join(folder, `${++n}.db`);
const openAt = (t: ExecutionContext, file: string) => {
  const store = openSqliteAccess(file);
  t.teardown(() => store.close());
  return store;
};

accessContract('SQLite', async (t) => {
  const file = freshFile();
  return async () => openAt(t, file);
});

pushPhonesContract('SQLite', async () => {
  const file = freshFile();
  return { owner: file, dispatcher: file };
});

test('SQLite: a line of the audit log is neither changed nor removed, by whoever has the file open; one who takes the guard away is found by the chain', async (t) => {
  const file = freshFile();
  const { audit } = openAt(t, file);
  for (const about of ['one', 'two', 'three']) await audit.add(sampleEntry(about));
  const db = new DatabaseSync(file);
  t.teardown(() => db.close());
  t.throws(() => db.exec("UPDATE access_audit SET actor = 'nobody' WHERE n = 2"), { message: /never changed/ });
  t.throws(() => db.exec('DELETE FROM access_audit WHERE n = 2'), { message: /never removed/ });
  db.exec("DROP TRIGGER access_audit_kept; UPDATE access_audit SET actor = 'nobody' WHERE n = 2");
  t.is(follow(unfollowed, await audit.from(1, 10)).bad, 2);
});
